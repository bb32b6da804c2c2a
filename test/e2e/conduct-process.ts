import { spawn } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundledConduct } from '../bundled-conduct.ts'

/** The command line as users start it, in a process of its own with an environment of its own. */
export const program = await bundledConduct()

export interface Ended {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface ConductOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Another program than the bundle of the sources: an installed package. */
  readonly program?: string
}

export async function conduct(args: readonly string[], options: ConductOptions): Promise<Ended> {
  return start(args, options).ended
}

/** A process that goes on while the test does something else. */
export function start(
  args: readonly string[],
  options: ConductOptions,
): {
  readonly ended: Promise<Ended>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly output: () => string
} {
  const child = spawn(process.execPath, [options.program ?? program, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: options.cwd, TZ: 'UTC', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => undefined).end(options.stdin ?? '')
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit, signal) => resolve({ exit, signal, stdout, stderr }))
  })
  return { ended, kill: (signal) => child.kill(signal), output: () => stdout + stderr }
}

/** The one JSON document on stdout; anything else there fails the test. */
export function documentOf(ended: Ended): Record<string, unknown> {
  const lines = ended.stdout.trimEnd().split('\n')
  if (lines.length !== 1)
    throw new Error(`not one document on stdout:\n${ended.stdout}\nstderr:\n${ended.stderr}`)
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>
}

/**
 * A folder of its own outside every repository; disposing removes it. Not in the usual temporary folder: a
 * lanes.yaml that somebody left there would be found from below.
 */
export function temporaryFolder(): Disposable & {
  readonly path: string
  write(name: string, text: string): string
} {
  const path = realpathSync(mkdtempSync('/var/tmp/conduct-cli-'))
  return {
    path,
    write(name, text) {
      const file = join(path, name)
      writeFileSync(file, text)
      return file
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  }
}

/** Output without what differs from machine to machine and from run to run. */
export function normalise(text: string, folder: string): string {
  return text
    .replaceAll(folder, '<folder>')
    .replaceAll(program, '<conduct.js>')
    .replaceAll(process.execPath, 'node')
    .replaceAll(/\b\d{4}-\d{2}-\d{2}T[\d:.]+Z\b/g, '<time>')
    .replaceAll(/(?<=since |until )\d{2}:\d{2}/g, '<hh:mm>')
    .replaceAll(/\b[0-9a-f]{12}\b/g, '<claim>')
    .replaceAll(/@[\w.-]+#/g, '@<host>#')
    .replaceAll(/conduct-cli-\w+/g, '<name>')
}

export const smallestLanesYaml = `version: 1
estate: acme
store: sqlite:STORE
people: { ana: {}, carl: {}, fleet: { kind: agent } }
repos:
  engine: { remote: "file:///srv/engine.git" }
  shop: { remote: "file:///srv/shop.git" }
lanes:
  release_train: { use: release_train, captains: [ana] }
  backend_migration: { use: rails_migrations, captains: [carl], scope: repo }
  docs:
    purpose: The site is published by one at a time.
    when_held: skip
    captains: [ana]
    triggers: { paths: ["docs/**"] }
    justification: { irreversible: true, signed_off_by: ana }
trains:
  engine:
    lane: release_train
    producer: { repo: engine }
    consumers:
      - repo: shop
`
