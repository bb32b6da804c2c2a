import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEstate } from '@conduct/rehearsal'
import { readWorld } from '../conductor/estate-world.ts'
import { conduct, temporaryFolder } from './conduct-process.ts'
import { type RunDocument, processesWith, expectExit } from './train-process.ts'

const run = promisify(execFile)
const minutesMax = 3 * 60_000

describe('conduct rehearse', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let places: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly tmp: string }
  beforeEach(() => {
    folder = temporaryFolder()
    const tmp = join(folder.path, 'tmp')
    mkdirSync(tmp)
    places = { cwd: folder.path, env: { TMPDIR: tmp }, tmp }
  })
  afterEach(() => folder[Symbol.dispose]())

  test(
    'travels, says what it did in one document that the world bears out, and leaves nothing behind',
    { timeout: minutesMax },
    async () => {
      const events = join(folder.path, 'events.ndjson')
      const ended = await conduct(['rehearse', '--json', '--events', events], places)

      expectExit(ended, 0)
      const document = lastDocument(ended.stdout)
      expect(document).toMatchObject({ format: 1, command: 'rehearse', ok: true, exit: 0, state: 'done' })
      expect(document.published).toHaveLength(1)
      expect(document.adopted.map(({ repo, to }) => `${repo} ${to}`).toSorted()).toEqual([
        'admin 1.1.0',
        'shop 1.1.0',
      ])
      expect(document.deployed.map(({ repo, verified }) => `${repo} ${verified}`).toSorted()).toEqual([
        'admin yes',
        'shop yes',
      ])
      expect(document.lane?.released).toBe(true)
      expect(document.error).toBeUndefined()
      expect(document.next).toBeNull()
      // Node keeps its compile cache there; everything else would be ours.
      expect(readdirSync(places.tmp).filter((name) => name !== 'node-compile-cache')).toEqual([])
      expect(await processesWith(places.tmp)).toEqual([])
    },
  )

  test(
    'killed at publish:acted it exits 137, and its last line, pasted into a new shell, finishes with one publish',
    { timeout: minutesMax },
    async () => {
      const killed = await conduct(['rehearse', '--keep', '--kill-at', 'publish:acted'], places)

      expectExit(killed, 137)
      const said = killed.stdout.trimEnd().split('\n')
      const finish = said.at(-1) ?? ''
      const stop = said.find((line) => line.startsWith('When you are done: '))?.replace(/^[^:]*: /u, '') ?? ''
      const dir = /The estate is in (\S+);/u.exec(killed.stdout)?.[1] ?? ''
      const estate = await openEstate(dir)
      try {
        expect(finish).toMatch(/ resume [0-9a-f]+$/u)
        const between = await readWorld(estate)
        expect(Object.keys(between.live['@rehearsal/engine'] ?? {})).toEqual(['1.0.0', '1.1.0'])
        expect(between.tags).toEqual(['engine-v1.0.0'])

        const finished = await newShell(finish, folder.path)

        expectExit(finished, 0)
        // Mirrors and reports of the estate stay with it, whoever's shell that is.
        for (const place of ['.cache', '.local']) {
          expect(existsSync(join(folder.path, 'elsewhere', place, 'conduct'))).toBe(false)
        }
        expect(existsSync(join(folder.path, 'elsewhere', '.local', 'state', 'conduct'))).toBe(false)
        const world = await readWorld(estate)
        const attempts = await estate.readAttempts()
        expect(Object.fromEntries(attempts.publishes)).toEqual({ '@rehearsal/engine@1.1.0': 1 })
        expect(Object.fromEntries(attempts.deploys)).toEqual({ shop: 1, admin: 1 })
        expect(world.tags).toEqual(['engine-v1.0.0', 'engine-v1.1.0'])
        const integrity = world.live['@rehearsal/engine']?.['1.1.0'] ?? ''
        const read = (words: string) => newShell(finish.replace(/ resume \S+$/u, ` ${words}`), folder.path)
        const report = await read(`status ${finish.split(' ').at(-1) ?? ''} --json`)
        const document = lastDocument(report.output)
        expect(document).toMatchObject({
          state: 'done',
          next: null,
          published: [{ version: '1.1.0', integrity }],
        })
        expect(document.openings.map(({ kind }) => kind)).toEqual(['run', 'resume'])
        expect(document.adopted.map(({ repo }) => repo).toSorted()).toEqual(['admin', 'shop'])
        for (const { repo, to, commit } of document.adopted) {
          expect(world.heads[repo]).toBe(commit)
          expect(world.lockfiles[repo]).toContain(to)
          expect(world.lockfiles[repo]).toContain(integrity)
          expect(world.mains[repo]).toHaveLength(2)
          expect(world.running[repo]).toMatchObject({ sha: commit, engine: '1.1.0' })
        }
        expect(document.deployed).toHaveLength(2)
        for (const { repo, sha, verified } of document.deployed) {
          expect({ sha, verified }).toEqual({ sha: world.heads[repo], verified: 'yes' })
        }
        expect(JSON.parse((await read('status --json')).output)).toMatchObject({
          lanes: [{ lane: 'release_train', holders: [], waiting: 0 }],
        })
      } finally {
        const stopped = await newShell(stop, folder.path)
        expectExit(stopped, 0)
      }
      expect(existsSync(dir)).toBe(false)
      expect(await processesWith(dir)).toEqual([])
    },
  )
})

/** Rehearsals may print more than one line in front; the document of the run is the last. */
function lastDocument(stdout: string): RunDocument {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as RunDocument
}

/** A line as it was printed, in a shell that knows nothing of the one it was printed in. */
async function newShell(
  line: string,
  home: string,
): Promise<{ readonly exit: number; readonly output: string }> {
  const cwd = join(home, 'elsewhere')
  mkdirSync(cwd, { recursive: true })
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd }
  try {
    const { stdout } = await run('sh', ['-c', line], { cwd, env, maxBuffer: 64 * 1024 * 1024 })
    return { exit: 0, output: stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { exit: code, output: stdout + stderr }
  }
}
