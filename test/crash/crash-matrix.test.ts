import { readFile } from 'node:fs/promises'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { buildTemplate, type CrashEstate, finish, withCrashEstate } from './crash-estate.ts'
import { readWorld, type World } from './world.ts'

/**
 * `kill -9` at every crash point: resume finishes the run, and the world is as if nothing had happened. The points
 * are those that a whole run really passes; by default the first of each kind and position, all with CONDUCT_CRASH=all.
 */
const isWhole = process.env['CONDUCT_CRASH'] === 'all'
const randomKills = Number(process.env['CONDUCT_CRASH_RANDOM'] ?? '4')
const run = ['run', 'engine', '--approve', '--json'] as const

let template: Awaited<ReturnType<typeof buildTemplate>>
let expected: World
let points: readonly string[]
let wholeMs: number

beforeAll(async () => {
  template = await buildTemplate()
  await withCrashEstate({ template: template.dir, lease: 'default' }, async (reference) => {
    const startMs = performance.now()
    const ended = await reference.start(run, { CONDUCT_REHEARSE_POINTS_FILE: reference.crashLog }).ended
    wholeMs = performance.now() - startMs
    if (ended.exit !== 0)
      throw new Error(`the reference run ended with ${ended.exit}\n${ended.stderr}${ended.stdout}`)
    expected = await readWorld(reference.estate)
    const passed = (await readFile(reference.crashLog, 'utf8')).split('\n').filter((line) => line !== '')
    points = isWhole ? [...new Set(passed)] : [...new Set(passed.map((line) => line.replace(/@.*$/, '')))]
  })
})
afterAll(() => template[Symbol.asyncDispose]())

describe('a run that is killed', () => {
  it('passes crash points before and after every effect and every record of one', () => {
    const kinds = [...new Set(points.map((point) => point.replace(/:[a-z]+(?:@.*)?$/, '')))]

    expect(kinds.sort()).toEqual(
      [
        'adopt',
        'approve',
        'claim',
        'configure',
        'deploy',
        'keep',
        'pack',
        'plan',
        'publish',
        'release',
        'tag',
      ].sort(),
    )
    expect(points.length).toBeGreaterThanOrEqual(3 * kinds.length)
  })

  it('leaves a world that the reference run shows to be whole', () => {
    expect(Object.keys(expected.live)).toContain('@rehearsal/engine@1.1.0')
    expect(expected.runsHead).toEqual({ shop: true, admin: true })
    expect(expected.engine).toEqual({ shop: '1.1.0', admin: '1.1.0' })
    expect(expected.lane).toEqual({ holders: 0, waiting: 0, notes: 0 })
  })

  it('is finished by resume from every crash point, each effect made once', async () => {
    const failures: string[] = []

    await inPairs(points, async (point) => {
      const problem = await outcomeOf((estate) => crashAt(estate, point))
      if (problem !== null) failures.push(shown(`${point}: ${problem}`))
    })

    expect(failures).toEqual([])
  }, 1_800_000)

  it(`is finished by resume after ${randomKills} kills at random times`, async () => {
    const failures: string[] = []
    const seed = Number(process.env['CONDUCT_CRASH_SEED'] ?? Date.now() % 1_000_000)
    const times = Array.from({ length: randomKills }, (_, index) => pseudoRandom(seed + index) * wholeMs)

    await inPairs(times, async (ms) => {
      const problem = await outcomeOf((estate) => crashAfter(estate, ms))
      if (problem !== null) failures.push(shown(`seed ${seed}, after ${Math.round(ms)} ms: ${problem}`))
    })

    expect(failures).toEqual([])
  }, 1_800_000)
})

/** What went wrong on an estate of its own, also where it was an error: the other points still have to be tried. */
async function outcomeOf(crash: (estate: CrashEstate) => Promise<string | null>): Promise<string | null> {
  try {
    return await withCrashEstate({ template: template.dir, lease: 'default' }, crash)
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
}

/** At once: a matrix takes minutes. */
function shown(failure: string): string {
  process.stderr.write(`${failure}\n`)
  return failure
}

async function crashAt(estate: CrashEstate, point: string): Promise<string | null> {
  const killed = await estate.start(run, { CONDUCT_REHEARSE_KILL_AT: point }).ended
  if (killed.signal !== 'SIGKILL')
    return `was not killed: exit ${killed.exit}\n${killed.stdout}${killed.stderr}`
  const problem = await afterResume(estate)
  if (problem !== null) return problem
  const { publishes, pushes, deploys, configures } = await estate.estate.readAttempts()
  const counts = { publishes, pushes, deploys, configures }
  const repeated = Object.entries(counts).flatMap(([kind, attempts]) =>
    [...attempts]
      .filter(([, count]) => count !== 1)
      .map(([what, count]) => `${kind} ${what}: ${count} attempts`),
  )
  return repeated.length === 0 ? null : repeated.join('; ')
}

/** At a random time an effect may be cut in the middle: it may be attempted again, and still happens once. */
async function crashAfter(estate: CrashEstate, ms: number): Promise<string | null> {
  const { child, ended } = estate.start(run)
  const timer = setTimeout(() => child.kill('SIGKILL'), ms)
  await ended
  clearTimeout(timer)
  const problem = await afterResume(estate)
  if (problem !== null) return problem
  const { entries } = await estate.estate.readAttempts()
  const accepted = entries.filter((attempt) => attempt.kind === 'publish' && attempt.status < 300)
  return accepted.length === 1 ? null : `published ${accepted.length} times`
}

async function afterResume(estate: CrashEstate): Promise<string | null> {
  const finished = await finish(estate)
  if (finished.exit !== 0) return `resume ended with ${finished.exit}\n${finished.stdout}${finished.stderr}`
  const world = await readWorld(estate.estate)
  const compared: (keyof World)[] = ['live', 'history', 'runsHead', 'engine', 'lane']
  const different = compared.filter((key) => JSON.stringify(world[key]) !== JSON.stringify(expected[key]))
  if (Object.keys(world.tags).some((repo) => world.tags[repo]?.length !== expected.tags[repo]?.length)) {
    different.push('tags')
  }
  return different.length === 0
    ? null
    : different
        .map((key) => `${key}: ${JSON.stringify(world[key])} instead of ${JSON.stringify(expected[key])}`)
        .join('\n')
}

/** Two at a time: the machine that runs this has two cores. */
async function inPairs<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all([worker(), worker()])
}

/** 0 ≤ result < 1, the same for the same seed. */
function pseudoRandom(seed: number): number {
  const mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b)
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 2 ** 32
}
