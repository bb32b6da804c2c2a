import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, readlink, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import type { Estate } from '@conduct/rehearsal'
import { git, readWorld } from '../conductor/estate-world.ts'
import { quickLanesYaml } from '../conductor/quick-estate.ts'
import { type Ended, documentOf, program, start } from './conduct-process.ts'

const run = promisify(execFile)

/** The command line over an estate: everything in processes of its own, as people start it. */
export interface TrainProcess {
  readonly estate: Estate
  /** Words that start the command line, as it prints them. */
  readonly launcher: string
  conduct(args: readonly string[], options?: TrainOptions): Promise<Ended>
  /** With `--json`: how it ended, and the one document on stdout. */
  json(args: readonly string[], options?: TrainOptions): Promise<JsonEnded>
  /** A command that goes on while the test does something else. */
  start(args: readonly string[], options?: TrainOptions): ReturnType<typeof start>
  /** Writes lanes.yaml anew: without setup and checks, and with these changes to it. */
  declare(changes?: readonly (readonly [string | RegExp, string])[]): Promise<void>
}

export interface TrainOptions {
  readonly as?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface JsonEnded {
  readonly exit: number | null
  readonly document: RunDocument
  readonly stderr: string
}

/** What the tests read of the contract's documents. */
export interface RunDocument {
  readonly format: number
  readonly command: string
  readonly ok: boolean
  readonly exit: number
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly hint: string
    readonly irreversible_done: boolean
    readonly next: string | null
  }
  readonly run: string
  readonly state: string
  readonly outcome?: string
  readonly held?: {
    readonly lane: string
    readonly holder: { readonly name: string; readonly since: string; readonly run: string | null } | null
    readonly position: number | null
    readonly estimate: { readonly seconds: number; readonly basis: string } | null
  }
  readonly plan_id: string | null
  readonly plan: { readonly id: string; readonly hash: string } | null
  readonly published: readonly {
    readonly package: string
    readonly version: string
    readonly integrity: string
  }[]
  readonly adopted: readonly {
    readonly repo: string
    readonly to: string
    readonly commit: string
    readonly surveyed: readonly string[]
  }[]
  readonly deployed: readonly { readonly repo: string; readonly sha: string; readonly verified: string }[]
  readonly steps: readonly {
    readonly id: string
    readonly kind: string
    readonly state: string
    readonly phase: string
    readonly started_at: string | null
    readonly ended_at: string | null
    readonly attempts: number
  }[]
  readonly left_out: readonly string[]
  readonly lane: { readonly token: number; readonly released: boolean; readonly waited_s: number } | null
  readonly approvals: readonly { readonly by: string; readonly verdict: string }[]
  readonly openings: readonly { readonly kind: string; readonly token: number }[]
  readonly irreversible_done: boolean
  readonly stop: { readonly code: string; readonly phase: string; readonly message: string } | null
  readonly started_at: string
  readonly ended_at: string | null
  readonly next: string | null
}

export async function trainProcess(estate: Estate): Promise<TrainProcess> {
  const home = join(estate.dir, 'home')
  await mkdir(home, { recursive: true })
  const begin: TrainProcess['start'] = (args, { as = 'cli:ana@test', cwd = home, env = {} } = {}) =>
    start(['-c', estate.lanesYamlPath, '--as', as, ...args], {
      cwd,
      env: { HOME: home, ...placesOf(estate), ...env },
    })
  const original = await readFile(estate.lanesYamlPath, 'utf8')
  return {
    estate,
    launcher: `node ${program}`,
    start: begin,
    conduct: (args, options) => begin(args, options).ended,
    async json(args, options) {
      const ended = await begin([...args, '--json'], options).ended
      const document = documentOf(ended) as unknown as RunDocument
      return { exit: ended.exit, document, stderr: ended.stderr }
    },
    async declare(changes = []) {
      await writeFile(estate.lanesYamlPath, original)
      await writeFile(estate.lanesYamlPath, await quickLanesYaml(estate, changes))
    },
  }
}

/** Mirrors, reports and proofs of an estate lie beside it, and go when it goes. */
export function placesOf(estate: Pick<Estate, 'dir'>): Readonly<Record<string, string>> {
  return { XDG_CACHE_HOME: join(estate.dir, 'cache'), XDG_STATE_HOME: join(estate.dir, 'state') }
}

/**
 * Everything that a train could change, to the byte: files and `.git` of every checkout, refs of every remote, what
 * the registry serves, what runs, what was attempted. Equal: nothing changed.
 */
export async function photograph(estate: Estate): Promise<Readonly<Record<string, string>>> {
  const repos = Object.keys(estate.remotes)
  const world = await readWorld(estate)
  return {
    world: JSON.stringify(world),
    attempts: JSON.stringify((await estate.readAttempts()).entries),
    packuments: (
      await Promise.all(
        estate.packages.map(async ({ name }) =>
          (await fetch(`${estate.registryUrl}${name.replace('/', '%2f')}`)).text(),
        ),
      )
    ).join('\n'),
    lanesYaml: await readFile(estate.lanesYamlPath, 'utf8'),
    ...Object.fromEntries(
      await Promise.all(
        repos.map(async (repo) => [
          repo,
          `${await git(estate, repo, 'for-each-ref')}\n${await hashFolder(estate.checkouts[repo] ?? '')}`,
        ]),
      ),
    ),
  }
}

/** Every path below with its kind, mode, time of change and bytes. */
export async function hashFolder(folder: string): Promise<string> {
  const hash = createHash('sha256')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).toSorted()
  for (const path of paths) {
    const entry = entries.find((one) => join(one.parentPath, one.name) === path)
    const { mode, mtimeMs } = await stat(path).catch(() => ({ mode: 0, mtimeMs: 0 }))
    hash.update(`${path}\0${mode}\0${mtimeMs}\0`)
    if (entry?.isFile() === true) hash.update(await readFile(path))
    if (entry?.isSymbolicLink() === true) hash.update(await readlink(path))
  }
  return `${paths.length} paths, ${hash.digest('hex')}`
}

/** Command lines of processes that have this text in their arguments or environment. */
export async function processesWith(text: string): Promise<readonly string[]> {
  const { stdout } = await run('ps', ['-A', '-ww', 'e', '-o', 'pid=,args='], { maxBuffer: 64 * 1024 * 1024 })
  return stdout.split('\n').filter((line) => line.includes(text) && !line.includes('-o pid=,args='))
}

/** Until it is so; the test's own time limit ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** The exit code, or everything that was said by whoever ended otherwise. */
export function expectExit(
  ended: { readonly exit: number | null; readonly stdout?: string; readonly stderr?: string },
  exit: number,
): void {
  const said = ended.exit === exit ? '' : `${ended.stdout ?? ''}\n${ended.stderr ?? ''}`
  expect({ exit: ended.exit, said }).toEqual({ exit, said: '' })
}

/** A declared command (with its quotes for lanes.yaml) that runs a script of the shell. */
export function shell(script: string): string {
  return `{ shell: ${JSON.stringify(script)} }`
}

/** A script that says it was reached, and goes on when it may; it gives up by itself after a minute. */
export function gate(
  folder: string,
  name: string,
): { readonly script: string; readonly reached: string; readonly open: string } {
  const reached = join(folder, `${name}.reached`)
  const open = join(folder, `${name}.open`)
  const script = `touch ${reached}; for i in $(seq 600); do [ -e ${open} ] && break; sleep 0.1; done; [ -e ${open} ]`
  return { script, reached, open }
}

/** A script that commits to main of a remote, behind the conductor's back, the first time it runs. */
export function commitOnce(estate: Estate, repo: string, mark: string): string {
  const bare = (estate.remotes[repo] ?? '').replace('file://', '')
  const who = '-c user.name=Carl -c user.email=carl@acme.example'
  const at = `git --git-dir=${bare} ${who}`
  const commit = `${at} commit-tree 'main^{tree}' -p main -m meanwhile`
  return `[ -e ${mark} ] || { touch ${mark}; ${at} update-ref refs/heads/main $(${commit}); }`
}
