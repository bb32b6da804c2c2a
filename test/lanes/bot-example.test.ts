import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Lane, openLanes, openStore, type Store } from '@conduct/lanes'
import { type StoreKind, storePlaces } from '../e2e/store-places.ts'

const bot = join(import.meta.dirname, '../../packages/lanes/examples/bot.ts')

let folder = ''
let store: Store
let captain: Lane

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conduct-bot-'))
  store = await openStore(`sqlite:${join(folder, 'lanes.db')}`, { estate: 'example' })
  // The store's definition decides: the bot renews as often as this says.
  const quick = { ttlMs: 6000, renewMs: 500, marginMs: 1000, takeoverDelayMs: 500 }
  captain = openLanes({
    store,
    holder: 'cli:ana',
    person: 'ana',
    lanes: { release: { scope: 'project', captains: ['ana'], ...quick } },
  }).lane('release')
  await captain.apply()
})

afterEach(async () => {
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

function startBot(
  name: string,
  stepMs: number,
  place: { url: string; env: object } = { url: store.url, env: {} },
) {
  const words = [bot, place.url, join(folder, 'target.db'), 'shop', '1.4.0', String(stepMs)]
  const child = spawn(process.execPath, words, {
    env: { ...process.env, ...place.env, BOT_NAME: name, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  const granted = new Promise<void>((resolve) => {
    child.stdout.once('data', () => resolve())
    child.once('close', () => resolve())
  })
  return { granted, ended: Promise.all([exited, text(child.stdout)]) }
}

function readTarget(): unknown {
  using database = new DatabaseSync(join(folder, 'target.db'))
  return database.prepare('select token, step from release').get()
}

describe('the example of a bot', () => {
  test('releases under its token, and hands the lane back', async () => {
    const [exit, said] = await startBot('one', 1).ended

    expect(said.split('\n')).toEqual([
      'granted shop, token 1',
      'build done',
      'upload done',
      'publish done',
      'released shop 1.4.0',
      '',
    ])
    expect(exit).toBe(0)
    expect(readTarget()).toEqual({ token: 1, step: 'publish' })
    expect(await captain.inspect()).toMatchObject({ holders: [], recent: [{ outcome: 'released' }] })
  })

  test.each(Object.keys(storePlaces) as StoreKind[])(
    'does the same on %s, again and again, with rising tokens',
    async (kind) => {
      await using place = await storePlaces[kind]()

      const ends = [await startBot('one', 1, place).ended, await startBot('two', 1, place).ended]

      expect(ends).toMatchObject([
        [0, expect.stringContaining('granted shop, token 1\n') as string],
        [0, expect.stringContaining('granted shop, token 2\n') as string],
      ])
      expect(readTarget()).toEqual({ token: 2, step: 'publish' })
    },
    60_000,
  )

  test('says who holds the lane when it is held, and leaves no place behind', async () => {
    const held = await captain.acquire({ resources: ['shop'], task: 'ABC-12' })
    if (held.outcome !== 'granted') throw new Error('a fresh lane is free')

    const [exit, said] = await startBot('two', 1).ended

    expect(said).toBe('held by cli:ana for ABC-12; my turn: unknown\n')
    expect(exit).toBe(10)
    expect((await captain.inspect()).waiting).toEqual([])
    await held.lease.release()
  })

  test('stops in the middle of an effect when a captain takes its lane, and changes nothing afterwards', async () => {
    const running = startBot('three', 60_000)
    await running.granted
    const [holder] = (await captain.inspect()).holders
    await captain.forceRelease({ token: holder?.token ?? 0, reason: 'wrong version' })

    const [exit, said] = await running.ended

    expect(said).toContain('stopped: ConductError: The lease of lane release is lost')
    expect(said).not.toContain('done')
    expect(exit).toBe(11)
    expect(await captain.inspect()).toMatchObject({ holders: [], recent: [{ outcome: 'forced' }] })
  })

  test('is refused by its target once a newer token was there', async () => {
    using database = new DatabaseSync(join(folder, 'target.db'))
    database.exec('create table release (project text primary key, token int, step text, version text)')
    database.prepare('insert into release values (?, ?, ?, ?)').run('shop', 7, 'publish', '2.0.0')

    const [exit, said] = await startBot('four', 1).ended

    expect(said).toBe('granted shop, token 1\n')
    expect(exit).toBe(1)
    expect(readTarget()).toEqual({ token: 7, step: 'publish' })
    expect((await captain.inspect()).holders).toEqual([])
  })
})
