import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type HistoryRecord, type Lane, type LaneDefinition, systemClock } from '@conduct/lanes/engine'
import { answered, laneOf } from '../lanes/lane-of.ts'
import { shortLease, slowed } from '../lanes/lease-terms.ts'
import { paceOf, type Place } from '../lanes/places.ts'
import { seededRandom } from '../lanes/seeded-random.ts'
import { fakeTimeLibrary, openShiftedClock } from '../lanes/shifted-clock.ts'
import { openTarget, type Target, type TargetTally } from '../lanes/target.ts'
import { startCaptain } from './captain.ts'
import { startChaos } from './chaos.ts'
import { type Crew, makeCrew } from './crew.ts'
import type { Break } from './order.ts'
import { reachVerdict } from './verdict.ts'

/** Everything at once on one store for a while, then the verdict of the checkers. */
export interface SoakOptions {
  readonly place: Place
  readonly seconds: number
  readonly seed: number
  readonly breaks: Break | null
  /** Where the offending records go. */
  readonly keepIn: string
  readonly say: (line: string) => void
}

export interface SoakResult {
  readonly problems: readonly string[]
  readonly tally: TargetTally
  readonly counts: SoakCounts
}

export interface SoakCounts {
  readonly records: number
  readonly claims: number
  readonly grants: number
  readonly takeovers: number
  readonly forced: number
  readonly stops: number
  readonly kills: number
  readonly clocks: number
  readonly faults: number
  readonly captain: number
}

const workersMax = 6
const progressMs = 5000
const finishMsMax = 60_000

export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const { place, seed, breaks, say } = options
  // Six who want one ref all the time: each of them loses more often than it wins.
  const pace = paceOf(place.kind) * (place.kind === 'git' ? 1.6 : 1)
  const random = seededRandom(seed)
  const definition = soakDefinition(pace)
  await using store = await place.open()
  const targetPath = join(place.folder, 'soak-target.db')
  using target = openTarget(targetPath, 'fenced')
  const lane = laneOf(store, definition)
  const isObserved = store.timekeeping !== 'store_clock'
  const clocks =
    fakeTimeLibrary === null
      ? []
      : [0, 1].map((index) => openShiftedClock(join(place.folder, `clock-${index}`), fakeTimeLibrary ?? ''))
  using crew = makeCrew({ place, definition, targetPath, pace, seed })
  let made = 0
  const startOne = (): void => {
    const index = made++ % workersMax
    crew.start(
      {
        name: `w${index}`,
        // A third of them meets faults, a third lives elsewhere where that makes a difference.
        faultShare: index % 3 === 0 ? 0.3 : 0,
        host: isObserved && index % 3 === 1 ? `host-${index}` : null,
        breaks,
      },
      clocks[index],
    )
  }
  for (let index = 0; index < workersMax; index++) startOne()
  const everyMs = 700 * pace
  const captainLane = laneOf(store, definition, 'test:captain')
  const captain = startCaptain({ lane: captainLane, definition, random: seededRandom(seed + 1), everyMs })
  const stopMs = definition.ttlMs + definition.marginMs
  const chaos = startChaos({ crew, clocks, random, everyMs: 2 * everyMs, stopMs, replace: startOne })

  await watchProgress({ seconds: options.seconds, lane, target, crew, say })

  await captain.stop()
  await chaos.stop()
  await crew.finish(finishMsMax * pace)
  const { history, tally, ...verdict } = await reachVerdict({ lane, definition, target, crew })
  const counts = countOf(history, { crew, chaos: chaos.counts, captain: captain.counts })
  const problems = [
    ...captain.problems,
    ...verdict.problems,
    ...(options.seconds >= provesSeconds ? emptyOf(counts) : []),
  ]
  if (problems.length > 0) keep(options, { problems, history, target })
  return { problems, tally, counts }
}

/** Short leases; waits and offers short enough that what nobody comes back for ends within the soak. */
function soakDefinition(pace: number): LaneDefinition {
  return slowed(
    { ...shortLease, ttlMs: 3000, renewMs: 500, marginMs: 400, waitingTtlMs: 10_000, acceptMs: 1500 },
    pace,
  )
}

/** Not until a soak lasted so long must every kind of trouble have happened in it. */
const provesSeconds = 60

function emptyOf(counts: SoakCounts): readonly string[] {
  return Object.entries(counts)
    .filter(([name, count]) => count === 0 && (name !== 'clocks' || fakeTimeLibrary !== null))
    .map(([name]) => `no ${name} in the whole soak: it proved nothing`)
}

async function watchProgress(soak: {
  readonly seconds: number
  readonly lane: Lane
  readonly target: Target
  readonly crew: Crew
  readonly say: (line: string) => void
}): Promise<void> {
  const startMs = systemClock.monotonicMs()
  for (;;) {
    const elapsedMs = systemClock.monotonicMs() - startMs
    const leftMs = soak.seconds * 1000 - elapsedMs
    if (leftMs <= 0 || soak.crew.bugs.length > 0) return
    await systemClock.sleep(Math.min(progressMs, leftMs))
    const { document } = await answered(() => soak.lane.inspect())
    const { holders, waiting, history } = document
    soak.say(
      `${Math.round((systemClock.monotonicMs() - startMs) / 1000)} s: record ${history.seq}, ` +
        `${soak.target.written()} effects, ${holders.length} hold, ${waiting.length} wait`,
    )
  }
}

function countOf(
  history: readonly HistoryRecord[],
  soak: {
    readonly crew: Crew
    readonly chaos: { readonly stops: number; readonly kills: number; readonly clocks: number }
    readonly captain: Readonly<Record<string, number>>
  },
): SoakCounts {
  const changes = history.flatMap(({ effects }) => effects)
  const count = (...kinds: readonly string[]): number =>
    changes.filter(({ change }) => kinds.includes(change)).length
  const total = (list: Readonly<Record<string, number>>): number =>
    Object.values(list).reduce((sum, value) => sum + value, 0)
  return {
    records: history.length,
    claims: new Set(changes.map(({ claim }) => claim)).size,
    grants: count('granted', 'accepted', 'taken_up'),
    takeovers: count('lapsed'),
    forced: count('forced'),
    ...soak.chaos,
    faults: soak.crew.faults.length,
    captain: total(soak.captain),
  }
}

function keep(
  { keepIn, seed, place }: SoakOptions,
  found: {
    readonly problems: readonly string[]
    readonly history: readonly HistoryRecord[]
    readonly target: Target
  },
): void {
  mkdirSync(keepIn, { recursive: true })
  const write = (name: string, value: unknown): void =>
    writeFileSync(join(keepIn, name), `${JSON.stringify(value, null, 2)}\n`)
  write('soak.json', { seed, store: place.kind, problems: found.problems })
  write('history.json', found.history)
  write('effects.json', found.target.effects())
}
