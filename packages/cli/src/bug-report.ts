import { mkdirSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { inspect } from 'node:util'
import { ConductError } from '@conduct/core'
import { version } from './version.ts'

/** Turns what nobody expected into an INTERNAL error (exit 70) with a file that says everything we know. */
export function reportBug(options: {
  readonly thrown: unknown
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly redact: (text: string) => string
  readonly now: Date
}): ConductError {
  const { thrown, now } = options
  const message = thrown instanceof Error ? thrown.message : inspect(thrown)
  const path = writeReport({
    ...options,
    name: `${now.toISOString().replaceAll(/[:.]/g, '-')}-${process.pid}.txt`,
  })
  const hint =
    path === null ? 'Please report it with the stack above.' : `Please report it with this file: ${path}`
  return new ConductError('INTERNAL', `This is a bug in conduct: ${message}`, {
    hint,
    cause: thrown,
    details: path === null ? {} : { report: path },
  })
}

function writeReport(options: {
  readonly thrown: unknown
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly redact: (text: string) => string
  readonly name: string
}): string | null {
  const { thrown, argv, env, redact, name } = options
  const text = [
    `conduct ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    `command: conduct ${argv.map((word) => JSON.stringify(word)).join(' ')}`,
    ...stacks(thrown),
    '',
  ].join('\n\n')
  for (const folder of [join(stateHome(env), 'conduct', 'bugs'), tmpdir()]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const path = join(folder, folder === tmpdir() ? `conduct-bug-${name}` : name)
      writeFileSync(path, redact(text), { mode: 0o600 })
      return path
    } catch {
      // The next folder; the error itself is still printed when none can be written.
      continue
    }
  }
  return null
}

const CAUSES_MAX = 8

function stacks(thrown: unknown): readonly string[] {
  const texts: string[] = []
  let current = thrown
  for (let depth = 0; depth < CAUSES_MAX && current !== undefined; depth += 1) {
    const text = current instanceof Error ? (current.stack ?? current.message) : inspect(current)
    texts.push(depth === 0 ? text : `caused by: ${text}`)
    current = current instanceof Error ? current.cause : undefined
  }
  return texts
}

function stateHome(env: Readonly<Record<string, string | undefined>>): string {
  const declared = env['XDG_STATE_HOME']
  return declared !== undefined && isAbsolute(declared) ? declared : join(homedir(), '.local', 'state')
}
