import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const kinds = {
  GITHUB_OUTPUT: 'output',
  GITHUB_STATE: 'state',
  GITHUB_ENV: 'env',
  GITHUB_PATH: 'path',
  GITHUB_STEP_SUMMARY: 'summary',
} as const

/** The files through which a step answers; empty ones for each step. */
export interface FileCommands {
  readonly env: Readonly<Record<string, string>>
  pairs(kind: 'GITHUB_OUTPUT' | 'GITHUB_STATE' | 'GITHUB_ENV'): Readonly<Record<string, string>>
  summary(): string
}

export function openFileCommands(folder: string, step: string): FileCommands {
  const env = Object.fromEntries(
    Object.entries(kinds).map(([variable, kind]) => [variable, join(folder, `${kind}-${step}`)]),
  )
  const pathOf = (variable: keyof typeof kinds) => join(folder, `${kinds[variable]}-${step}`)
  for (const path of Object.values(env)) writeFileSync(path, '')
  return {
    env,
    pairs: (kind) => parsePairs(readFileSync(pathOf(kind), 'utf8')),
    summary: () => readFileSync(pathOf('GITHUB_STEP_SUMMARY'), 'utf8'),
  }
}

/** `NAME=VALUE`, or `NAME<<END`, lines, `END`; whichever mark comes first decides. The last of a name counts. */
export function parsePairs(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n')
  const pairs: Record<string, string> = {}
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (line === '') continue
    const [equals, heredoc] = [line.indexOf('='), line.indexOf('<<')]
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      pairs[line.slice(0, equals)] = line.slice(equals + 1)
      continue
    }
    const name = line.slice(0, heredoc)
    const end = lines.indexOf(line.slice(heredoc + 2), at + 1)
    if (heredoc < 1 || end < 0) throw new Error(`Invalid format '${line}'`)
    pairs[name] = lines.slice(at + 1, end).join('\n')
    at = end
  }
  return pairs
}
