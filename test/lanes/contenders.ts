import { join } from 'node:path'
import { type HistoryRecord, type Lane, type LaneDefinition, systemClock } from '@conduct/lanes/engine'
import { type Actor, startActor } from './actor.ts'
import type { ContenderOrder, ContenderWord } from './contender.ts'
import { judge } from './judge.ts'
import { answered, laneOf } from './lane-of.ts'
import { shortLease, slowed } from './lease-terms.ts'
import { envOf, paceOf, type Place } from './places.ts'
import type { ShiftedClock } from './shifted-clock.ts'
import { openTarget, type TargetTally } from './target.ts'

/** Several processes that change one target under one lane, and whatever is done to them. */
export interface Arena extends AsyncDisposable {
  readonly lane: Lane
  readonly definition: LaneDefinition
  spawn(options?: { readonly clock?: ShiftedClock; readonly host?: string }): Actor
  /** Stops a contender between reading the target and writing it, until it has lost the lane, then wakes it. */
  stopMidEffect(contender: Actor): Promise<void>
  kill(contender: Actor): Promise<void>
  /** Resolves when so many effects more have been written. */
  progress(effects: number): Promise<void>
  finish(): Promise<ArenaResult>
}

export interface ArenaResult extends TargetTally {
  readonly refusedByGuard: number
  readonly takeovers: number
  readonly history: readonly HistoryRecord[]
  /** What the checkers found; the effects are judged only where the target was fenced. */
  readonly problems: readonly string[]
}

export interface ArenaOptions {
  readonly target: ContenderOrder['target']
  readonly lane: ContenderOrder['lane']
  readonly definition?: LaneDefinition
  readonly slowMs?: number
}

const looksMax = 4000
/** Some five times as long as a takeover needs. */
const takenLooksMax = 1000
const stopsMax = 3
const lookMs = 15

export async function openArena(place: Place, options: ArenaOptions): Promise<Arena> {
  const pace = paceOf(place.kind)
  const definition = options.definition ?? slowed(shortLease, pace)
  const store = await place.open()
  const targetPath = join(place.folder, 'target.db')
  const target = openTarget(targetPath, options.target)
  const lane = laneOf(store, definition)
  const order: Omit<ContenderOrder, 'host'> = {
    storeUrl: place.url,
    estate: place.estate,
    definition,
    targetPath,
    effectMs: 4,
    // Whoever stops it in between may be late on a busy machine.
    slowMs: options.slowMs ?? 900,
    target: options.target,
    lane: options.lane,
  }
  const actors = new Set<Actor>()
  const killed = new Set<Actor>()
  /** Whoever ended by itself: nothing that is waited for may come true any more. */
  const failures: string[] = []
  const counts = { refusedByGuard: 0 }

  const watch = async (actor: Actor): Promise<void> => {
    const { code, signal, said } = await actor.ended
    actors.delete(actor)
    if (code !== 0 && !killed.has(actor)) failures.push(`a contender ended with ${code ?? signal}: ${said}`)
  }
  const comesTrue = async (isTrue: () => boolean | Promise<boolean>, looks: number): Promise<boolean> => {
    for (let look = 0; look < looks; look++) {
      if (failures.length > 0) throw new Error(failures.join('\n'))
      if (await isTrue()) return true
      await systemClock.sleep(lookMs * pace)
    }
    return false
  }
  const until = async (isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> => {
    if (!(await comesTrue(isTrue, looksMax))) throw new Error(`never: ${what}`)
  }
  const isTakenSince = async (token: number): Promise<boolean> =>
    (await answered(() => lane.inspect())).holders.some((held) => held.token > token && held.state === 'held')

  return {
    lane,
    definition,
    spawn: ({ clock, host = null } = {}) => {
      const script = new URL('contender.ts', import.meta.url)
      const actor = startActor(script, { ...order, host }, { env: envOf(place, clock?.env) })
      actor.process.on('message', (word: ContenderWord) => {
        if (word.kind === 'done') counts.refusedByGuard += word.refusedByGuard
      })
      actors.add(actor)
      void watch(actor)
      return actor
    },
    stopMidEffect: async (contender) => {
      for (let stop = 1; ; stop++) {
        const written = target.written()
        const token = await stopAfterReading(contender)
        const isTaken =
          options.lane === 'everybody' || (await comesTrue(() => isTakenSince(token), takenLooksMax))
        if (isTaken) await until(() => target.written() > written, 'the next holder writes')
        contender.process.kill('SIGCONT')
        if (isTaken) return
        // Stopped while its other thread had the file of the store locked (1 in some 300), it keeps everybody out.
        if (stop === stopsMax) throw new Error('never: somebody else holds the lane')
      }
    },
    kill: async (contender) => {
      killed.add(contender)
      contender.process.kill('SIGKILL')
      await contender.ended
    },
    progress: async (effects) => {
      const goal = target.written() + effects
      await until(() => target.written() >= goal, `${effects} effects`)
    },
    finish: async () => {
      const running = [...actors]
      for (const actor of running) actor.process.send('finish', () => undefined)
      await Promise.all(running.map(({ ended }) => ended))
      if (failures.length > 0) throw new Error(failures.join('\n'))
      const { history, problems } = await judge(lane, options.target === 'fenced' ? target.effects() : [])
      return {
        ...target.tally(),
        refusedByGuard: counts.refusedByGuard,
        takeovers: history.flatMap(({ effects }) => effects).filter(({ change }) => change === 'lapsed')
          .length,
        history,
        problems,
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const actor of actors) {
        killed.add(actor)
        actor[Symbol.dispose]()
      }
      target[Symbol.dispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}

/** Stops it between reading the target and writing it; resolves to the token that it read with. */
async function stopAfterReading(contender: Actor): Promise<number> {
  const reading = contender.word<ContenderWord>((word) => {
    if (word.kind !== 'slow_read') return false
    // At once: a moment later it may have written.
    contender.process.kill('SIGSTOP')
    return true
  })
  contender.process.send('slow')
  const word = await reading
  if (word.kind !== 'slow_read') throw new Error('only that was waited for')
  return word.token
}
