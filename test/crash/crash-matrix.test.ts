import { crashPointNames, type CrashPosition, crashPositions } from '@conduct/conductor'
import { beforeAll, describe, expect, it } from 'vitest'

import {
  type CrashEstate,
  finish,
  isWhole,
  kindsOfCrashEstate,
  nextWords,
  withCrashEstate,
} from './crash-estate.ts'
import { dieAgainAndAgain } from './dying-run.ts'
import { readWorld, type World } from './world.ts'

/**
 * `kill -9` at every kind of crash point: resume finishes the run, and the world is as if nothing had happened. A run
 * dies at one point after the other, in one estate per chain of positions; so every effect is cut off before, between
 * and after its records, and what earlier deaths left has to be right, too. By default at the first of each kind, in two
 * chains, and at random times in an estate of their own; with CONDUCT_CRASH=all at every point that a run passes, in one
 * chain per position, and at each of them by a first process, too.
 */
const randomKills = Number(process.env['CONDUCT_CRASH_RANDOM'] ?? '2')
/** At random times: the run, and what resumes it. */
const killsOfOneRun = 2
const run = ['run', 'engine', '--approve', '--json'] as const
const matrixMsMax = 3_600_000

/** No two neighbours in one: what one death cuts off is whole before the next one of the same effect. */
const chains: readonly (readonly CrashPosition[])[] = isWhole
  ? crashPositions.map((position) => [position])
  : [
      ['before', 'acted'],
      ['intended', 'proved'],
    ]

let expected: World
let passed: readonly string[]
let wholeMs: number

beforeAll(async () => {
  await withCrashEstate({ lease: 'default' }, async (reference) => {
    const startMs = performance.now()
    const ended = await reference.start(run, { CONDUCT_REHEARSE_POINTS_FILE: reference.pointsFile }).ended
    wholeMs = performance.now() - startMs
    if (ended.exit !== 0)
      throw new Error(`the reference run ended with ${ended.exit}\n${ended.stderr}${ended.stdout}`)
    expected = await readWorld(reference.estate)
    passed = [...new Set(await reference.passedPoints())]
  })
})

describe('a run that is killed', () => {
  it('passes crash points before and after every effect and every record of one', () => {
    const kinds = new Set(passed.map((point) => point.replace(/:[a-z]+@.*$/, '')))

    expect([...kinds].toSorted()).toEqual(kindsOfCrashEstate)
    expect(new Set(passed.map(nameOf)).size).toBeGreaterThanOrEqual(3 * kinds.size)
  })

  it('leaves a world that the reference run shows to be whole', () => {
    expect(Object.keys(expected.live)).toContain('@rehearsal/engine@1.1.0')
    expect(expected.runsHead).toEqual({ shop: true, admin: true })
    expect(expected.engine).toEqual({ shop: '1.1.0', admin: '1.1.0' })
    expect(expected.lane).toEqual({ holders: 0, waiting: 0, notes: 0 })
  })

  it.concurrent.each(chains.map((positions) => [positions.join(' and every '), positions] as const))(
    'is finished although it died at every %s, one after the other, each effect made once',
    async (_name, positions) => {
      const wanted = passed.filter((line) => isAt(positions, nameOf(line)))

      const outcome = await outcomeOf((estate) => dieAtEach(estate, positions))

      expect(outcome.problem).toBeNull()
      // Of each kind: what one process began for several apps at once, a later one may find done.
      expect([...new Set(outcome.deaths.map(nameOf))].toSorted()).toEqual(
        [...new Set(wanted.map(nameOf))].toSorted(),
      )
    },
    matrixMsMax,
  )

  it.each(isWhole ? ['every point'] : [])(
    'is finished by resume from %s at which its first process died',
    everyPoint,
    matrixMsMax,
  )

  it.concurrent(
    `is finished by resume after ${randomKills} kills at random times`,
    async () => {
      const failures: string[] = []
      const seed = Number(process.env['CONDUCT_CRASH_SEED'] ?? Date.now() % 1_000_000)
      const times = Array.from({ length: randomKills }, (_, index) => pseudoRandom(seed + index) * wholeMs)
      const runs = times.flatMap((_, at) =>
        at % killsOfOneRun === 0 ? [times.slice(at, at + killsOfOneRun)] : [],
      )

      await inPairs(runs, async (kills) => {
        const { problem } = await outcomeOf((estate) => crashAfter(estate, kills))
        if (problem !== null)
          failures.push(shown(`seed ${seed}, after ${kills.map(Math.round).join(' and ')} ms: ${problem}`))
      })

      expect(failures).toEqual([])
    },
    matrixMsMax,
  )
})

async function everyPoint(): Promise<void> {
  const failures: string[] = []

  await inPairs(passed, async (point) => {
    const { problem } = await outcomeOf((estate) => crashAt(estate, point))
    if (problem !== null) failures.push(shown(`${point}: ${problem}`))
  })

  expect(failures).toEqual([])
}

/** `publish:acted`, of `publish:acted@<step>`. */
function nameOf(line: string): string {
  return line.replace(/@.*$/, '')
}

interface Outcome {
  /** Null: the world is whole. */
  readonly problem: string | null
  readonly deaths: readonly string[]
}

/** What went wrong on an estate of its own, also where it was an error: the others still have to be tried. */
async function outcomeOf(crash: (estate: CrashEstate) => Promise<Outcome>): Promise<Outcome> {
  try {
    return await withCrashEstate({ lease: 'default' }, crash)
  } catch (error) {
    return { problem: error instanceof Error ? (error.stack ?? error.message) : String(error), deaths: [] }
  }
}

/** At once: a matrix takes minutes. */
function shown(failure: string): string {
  process.stderr.write(`${failure}\n`)
  return failure
}

function isAt(positions: readonly CrashPosition[], name: string): boolean {
  return positions.some((position) => name.endsWith(`:${position}`))
}

async function dieAtEach(estate: CrashEstate, positions: readonly CrashPosition[]): Promise<Outcome> {
  const names = crashPointNames.filter((name) => isAt(positions, name))
  const { deaths, last } = await dieAgainAndAgain({
    start: (...words) => estate.start(...words),
    flags: ['--approve'],
    killAt: isWhole ? `every:${positions.join()}` : names.join(' '),
    pointsFile: estate.pointsFile,
    help: ({ error }) => Promise.reject(new Error(`nobody else has to act: ${error?.message}`)),
  })
  if (last.exit !== 0) return { deaths, problem: `ended with ${last.exit}\n${last.stdout}${last.stderr}` }
  return { deaths, problem: (await differenceOf(estate)) ?? (await repeatedIn(estate)) }
}

async function crashAt(estate: CrashEstate, point: string): Promise<Outcome> {
  const killed = await estate.start(run, { CONDUCT_REHEARSE_KILL_AT: point }).ended
  const deaths = [point]
  if (killed.signal !== 'SIGKILL')
    return { deaths, problem: `was not killed: exit ${killed.exit}\n${killed.stdout}${killed.stderr}` }
  return { deaths, problem: (await afterResume(estate)) ?? (await repeatedIn(estate)) }
}

/** At a random time an effect may be cut in the middle: it may be attempted again, and still happens once. */
async function crashAfter(estate: CrashEstate, kills: readonly number[]): Promise<Outcome> {
  for (const ms of kills) {
    const { words } = await nextWords(estate)
    const { child, ended } = estate.start(words)
    const timer = setTimeout(() => child.kill('SIGKILL'), ms)
    await ended
    clearTimeout(timer)
  }
  const problem = await afterResume(estate)
  const deaths = kills.map((ms) => `after ${ms} ms`)
  if (problem !== null) return { deaths, problem }
  const { entries } = await estate.estate.readAttempts()
  const accepted = entries.filter((attempt) => attempt.kind === 'publish' && attempt.status < 300)
  return { deaths, problem: accepted.length === 1 ? null : `published ${accepted.length} times` }
}

/** What was attempted more than once, though no effect was cut in the middle. */
async function repeatedIn({ estate }: CrashEstate): Promise<string | null> {
  const { publishes, pushes, deploys, configures } = await estate.readAttempts()
  const repeated = Object.entries({ publishes, pushes, deploys, configures }).flatMap(([kind, attempts]) =>
    [...attempts]
      .filter(([, count]) => count !== 1)
      .map(([what, count]) => `${kind} ${what}: ${count} attempts`),
  )
  return repeated.length === 0 ? null : repeated.join('; ')
}

async function afterResume(estate: CrashEstate): Promise<string | null> {
  const finished = await finish(estate)
  if (finished.exit !== 0) return `resume ended with ${finished.exit}\n${finished.stdout}${finished.stderr}`
  return differenceOf(estate)
}

async function differenceOf(estate: CrashEstate): Promise<string | null> {
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
