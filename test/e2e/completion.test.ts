import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conduct } from './conduct-process.ts'

/**
 * What each shell itself makes of the script. zsh's list comes out of the very function; only the drawing of the menu,
 * which needs a terminal, is replaced.
 */
const completions = {
  bash: (line: string) => `
    source ./completion
    COMP_LINE=${quoted(line)} COMP_POINT=${line.length}
    _conduct_complete
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (line: string) => `
    compdef() { : }
    _describe() { print -rl -- \${proposals%%:*} }
    _files() { print -r files }
    source ./completion
    words=(${line.split(' ').map(quoted).join(' ')}); CURRENT=\${#words}
    _conduct`,
  fish: (line: string) => `
    source ./completion
    complete -C ${quoted(line)} | string replace -r '\\t.*' ''`,
} as const satisfies Record<string, (line: string) => string>

const folder = realpathSync(mkdtempSync('/var/tmp/conduct-shells-'))
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(() => {
  writeFileSync(
    join(folder, 'lanes.yaml'),
    `version: 1
estate: acme
people: { ana: {} }
repos: { engine: { remote: "git@forge.example:acme/engine.git" } }
lanes:
  schema: { use: rails_migrations, captains: [ana] }
  schedule:
    purpose: One at a time.
    captains: [ana]
    justification: { irreversible: true, signed_off_by: ana }
    triggers: { flags: [touches_schedule] }
`,
  )
})

describe.each(Object.keys(completions) as (keyof typeof completions)[])('%s', (shell) => {
  const isThere = has(shell)
  if (!isThere) process.stderr.write(`completion in ${shell} is skipped: it needs ${shell}\n`)

  test.skipIf(!isThere)('completes commands, flags and the names of lanes.yaml', async () => {
    const { stdout, exit } = await conduct(['completion', shell], { cwd: folder })
    expect(exit).toBe(0)
    writeFileSync(join(folder, 'completion'), stdout)

    expect(ask(shell, 'conduct lane re')).toEqual(['recover', 'release', 'renew'])
    expect(ask(shell, 'conduct lane show ')).toEqual(['schedule', 'schema'])
    expect(ask(shell, 'conduct --as cli:ana lane acquire schema --until')).toEqual(['--until-merged'])
  })
})

function ask(shell: keyof typeof completions, line: string): string[] {
  const output = execFileSync(shell, ['-c', completions[shell](line)], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: folder },
  })
  return output.trim().split('\n').toSorted()
}

function has(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function quoted(word: string): string {
  return `'${word}'`
}
