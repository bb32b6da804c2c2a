import { existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  conduct,
  documentOf,
  type Ended,
  normalise,
  smallestLanesYaml,
  temporaryFolder,
} from './conduct-process.ts'
import { type StoreKind, type StorePlace, storePlaces } from './store-places.ts'

/**
 * Held is an answer, at the command line and on every kind of store: the same words, exit codes and JSON. A store
 * that cannot be reached is something else, and never looks like held or free.
 */
const kinds = Object.keys(storePlaces) as readonly StoreKind[]
/** Some ten commands, each a process with a store that may be a few round trips away. */
const testMsMax = 120_000

/** What is said of a lease where the store has a clock, and where it has none. */
const leaseTexts: Readonly<Record<StoreKind, string>> = {
  sqlite: 'until <hh:mm>',
  postgres: 'until <hh:mm>',
  s3: 'unchanged for <seconds> (lapses after 16m without a renewal)',
  git: 'unchanged for <seconds> (lapses after 16m without a renewal)',
}

const transcript = (lease: string) => `\
$ lane show release_train → 0
release_train: free (limit 1, order strict)
$ lane acquire release_train --repo shop --task ABC-12 → 0
✔ release_train {shop} is yours until <hh:mm>, token 1.
Renew it before, with: <ana> lane renew release_train
Next: <ana> lane release release_train
$ lane acquire release_train --repo shop --no-queue → 10
release_train {shop} is held by cli:ana@<host>#ana since <hh:mm>, for ABC-12.
No place in line: shop: held, or others wait for it; estimate: unknown.
Next: <carl> lane show release_train
$ lane acquire release_train --repo shop → 10
release_train {shop} is held by cli:ana@<host>#ana since <hh:mm>, for ABC-12.
You are number 1 in line; estimate: unknown.
Next: <carl> lane acquire release_train --repo shop --wait
$ lane show release_train → 0
release_train: held (limit 1, order strict)
  cli:ana@<host>#ana since <hh:mm>, for ABC-12: {shop}, token 1, ${lease} [<claim>]
  In line
    1. cli:carl@<host>#carl since <hh:mm>: {shop}, behind <claim>, estimate unknown [<claim>]
$ lane release release_train → 0
Released release_train.
$ lane show release_train → 0
release_train: held (limit 1, order strict)
  cli:carl@<host>#carl since <hh:mm>: {shop}, token 2, offered, its turn is open until <hh:mm> [<claim>]
$ lane acquire release_train --repo shop → 0
✔ release_train {shop} is yours until <hh:mm>, token 2.
Renew it before, with: <carl> lane renew release_train
Next: <carl> lane release release_train
`

describe.each(kinds)('a lane on %s', (kind) => {
  let place: StorePlace
  let folder: ReturnType<typeof temporaryFolder>

  beforeAll(async () => {
    place = await storePlaces[kind]()
  })
  afterAll(() => place[Symbol.asyncDispose]())
  beforeEach(() => {
    folder = temporaryFolder()
    for (const name of ['ana', 'carl']) mkdirSync(join(folder.path, name))
  })
  afterEach(() => folder[Symbol.dispose]())

  function declare(store: string, estate: string): void {
    const lanesYaml = smallestLanesYaml.replace('estate: acme', `estate: ${estate}`)
    folder.write('lanes.yaml', lanesYaml.replace(/^store: .*$/m, `store: ${store}`))
  }

  async function as(person: 'ana' | 'carl', command: readonly string[]): Promise<Ended> {
    const env = { ...place.env, XDG_STATE_HOME: join(folder.path, 'state') }
    return conduct(['--as', `cli:${person}`, ...command], { cwd: join(folder.path, person), env })
  }

  test(
    'is free, taken, held, waited for, handed back and taken in turn, in the same words on every store',
    async () => {
      declare(place.url, 'text')
      const said: string[] = []
      const say = async (person: 'ana' | 'carl', line: string): Promise<void> => {
        const ended = await as(person, line.split(' '))
        said.push(`$ ${line} → ${ended.exit}\n${words(ended.stdout, folder.path)}`)
      }
      const acquire = 'lane acquire release_train --repo shop'

      await say('ana', 'lane show release_train')
      await say('ana', `${acquire} --task ABC-12`)
      await say('carl', `${acquire} --no-queue`)
      await say('carl', acquire)
      await say('carl', 'lane show release_train')
      await say('ana', 'lane release release_train')
      await say('carl', 'lane show release_train')
      await say('carl', acquire)

      const stats = await as('carl', ['lane', 'stats', 'release_train', '--json'])
      const history = await as('carl', ['lane', 'history', 'release_train', '--verify', '--json'])

      expect(said.join('')).toBe(transcript(leaseTexts[kind]))
      expect(documentOf(stats)['lanes']).toMatchObject([
        {
          grants: 2,
          contended: 1,
          holds: { count: 1 },
          outcomes: { released: 1, refused: 1, lapsed: 0 },
          refusals: { held: 1 },
          utilisation: { slots: [{ slot: 'shop' }] },
        },
      ])
      expect(documentOf(history)).toMatchObject({ exit: 0, verified: { intact: true } })
    },
    testMsMax,
  )

  test(
    'is free and held in the same JSON on every store, but for the end of a lease where there is no clock',
    async () => {
      declare(place.url, 'json')
      const hasClock = kind === 'sqlite' || kind === 'postgres'
      const acquire = ['lane', 'acquire', 'release_train', '--repo', 'shop', '--json']

      const free = await as('ana', ['lane', 'show', 'release_train', '--json'])
      const granted = await as('ana', [...acquire, '--task', 'ABC-12'])
      const queued = await as('carl', acquire)
      const held = await as('carl', ['lane', 'show', 'release_train', '--json'])

      const ana = {
        claim: '<claim>',
        task: 'ABC-12',
        since: '<time>',
        contact: null,
        session: null,
        run: null,
      }
      const carl = { ...ana, task: null }
      const name = 'cli:ana@<host>#ana'
      const common = { lane: 'release_train', limit: 1, order: 'strict', paused: null, notes: [] }
      expect(json(free, folder.path)).toEqual({
        ...head('lane show', 0),
        ...common,
        holders: [],
        waiting: [],
        definition_differs: false,
        recent: [],
      })
      expect(json(granted, folder.path)).toMatchObject({
        ...head('lane acquire', 0),
        lane: 'release_train',
        outcome: 'granted',
        claim: '<claim>',
        resources: ['shop'],
        token: 1,
        expires_at: '<time>',
        unattended: true,
      })
      expect(json(queued, folder.path)).toEqual({
        ...head('lane acquire', 10),
        lane: 'release_train',
        outcome: 'queued',
        claim: '<claim>',
        resources: ['shop'],
        token: null,
        expires_at: null,
        unattended: true,
        position: 1,
        holder: { ...ana, name, resources: ['shop'] },
        blockers: [{ ...ana, name, resources: ['shop'] }],
        estimate: null,
      })
      expect(json(held, folder.path)).toEqual({
        ...head('lane show', 0),
        ...common,
        holders: [
          {
            ...ana,
            holder: name,
            resources: ['shop'],
            expires_at: hasClock ? '<time>' : null,
            unchanged_for_s: expect.any(Number) as number,
            suspect: false,
            token: 1,
            state: 'held',
            attended: false,
            kept: null,
          },
        ],
        waiting: [
          {
            ...carl,
            holder: 'cli:carl@<host>#carl',
            resources: ['shop'],
            position: 1,
            blocked_by: ['<claim>'],
            state: 'waiting',
            paused: null,
            estimate: null,
          },
        ],
        definition_differs: false,
        recent: [],
      })
    },
    testMsMax,
  )

  test(
    'is neither held nor free where the store cannot be reached: exit 30, and nothing is begun (STORE_UNREACHABLE)',
    async () => {
      const url = await unreachable(kind, folder)
      declare(url, 'gone')
      const mark = join(folder.path, 'mark')
      const acquire = ['lane', 'acquire', 'release_train', '--repo', 'shop']
      const commands = [
        ['lane', 'show', 'release_train'],
        ['lane', 'list'],
        ['lane', 'stats'],
        acquire,
        [...acquire, '--no-queue'],
        ['exec', 'release_train', '--repo', 'shop', '--', 'touch', mark],
      ]

      for (const command of commands) {
        const said = await as('ana', command)
        expect([command, said.exit, said.stdout]).toEqual([command, 30, ''])
        expect(said.stderr).toContain('STORE_UNREACHABLE')
        expect(said.stderr).not.toMatch(/\b(?:held|free|yours|queued|in line|token)\b/)
      }
      for (const command of [['lane', 'show', 'release_train'], acquire]) {
        const told = documentOf(await as('ana', [...command, '--json']))
        expect(told).toMatchObject({
          ok: false,
          exit: 30,
          error: { code: 'STORE_UNREACHABLE', retryable: true },
        })
        for (const field of ['outcome', 'holders', 'holder', 'position', 'token', 'claim']) {
          expect(told).not.toHaveProperty(field)
        }
      }
      expect(existsSync(mark)).toBe(false)
    },
    testMsMax,
  )
})

function head(command: string, exit: number) {
  return { format: 1, command, ok: true, exit }
}

function json(ended: Ended, path: string): unknown {
  documentOf(ended)
  return JSON.parse(normalise(ended.stdout, path))
}

function words(text: string, path: string): string {
  return normalise(text, path)
    .replaceAll(/node <conduct\.js> -c <folder>\/lanes\.yaml --as cli:(\w+) -C <folder>\/\1/g, '<$1>')
    .replaceAll(/(?<=unchanged for )\S+/g, '<seconds>')
}

/** An address of that kind at which nobody answers. */
async function unreachable(
  kind: StoreKind,
  folder: { write(name: string, text: string): string },
): Promise<string> {
  const port = await freePort()
  switch (kind) {
    case 'sqlite':
      return `sqlite:${folder.write('file', '')}/state.db`
    case 'postgres':
      return `postgres://lanes@127.0.0.1:${port}/conduct`
    case 's3':
      return `s3://lanes/place?region=auto&endpoint=http://127.0.0.1:${port}`
    case 'git':
      return `git+http://127.0.0.1:${port}/lanes.git`
    default:
      return kind satisfies never
  }
}

/** A port at which nobody listens any more. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return address !== null && typeof address === 'object' ? address.port : 0
}
