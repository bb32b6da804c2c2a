import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type HistoryRecord, type Lane, type LaneDefinition, systemClock } from '@conduct/lanes/engine'
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
  spawn(options?: { readonly clock?: ShiftedClock; readonly host?: string }): ChildProcess
  /** Stops a contender between reading the target and writing it, until it has lost the lane, then wakes it. */
  stopMidEffect(contender: ChildProcess): Promise<void>
  kill(contender: ChildProcess): Promise<void>
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
  const children = new Set<ChildProcess>()
  const counts = { refusedByGuard: 0 }

  const comesTrue = async (isTrue: () => boolean | Promise<boolean>, looks: number): Promise<boolean> => {
    for (let look = 0; look < looks; look++) {
      if (await isTrue()) return true
      await systemClock.sleep(lookMs * pace)
    }
    return false
  }
  const until = async (isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> => {
    if (!(await comesTrue(isTrue, looksMax))) throw new Error(`never: ${what}`)
  }

  return {
    lane,
    definition,
    spawn: ({ clock, host = null } = {}) => {
      const words = [JSON.stringify({ ...order, host })]
      const child = fork(new URL('contender.ts', import.meta.url), words, {
        execArgv: [],
        env: envOf(place, clock?.env),
      })
      child.on('message', (word: ContenderWord) => {
        if (word.kind === 'done') counts.refusedByGuard += word.refusedByGuard
      })
      child.once('exit', () => children.delete(child))
      children.add(child)
      return child
    },
    stopMidEffect: async (contender) => {
      for (let stop = 1; ; stop++) {
        const stopped = new Promise<number>((resolve) => {
          const listener = (word: ContenderWord): void => {
            if (word.kind !== 'slow_read') return
            contender.off('message', listener)
            contender.kill('SIGSTOP')
            resolve(word.token)
          }
          contender.on('message', listener)
        })
        contender.send('slow')
        const token = await stopped
        const isTaken = async (): Promise<boolean> =>
          (await answered(() => lane.inspect())).holders.some(
            (held) => held.token > token && held.state === 'held',
          )
        if (options.lane === 'real' && !(await comesTrue(isTaken, takenLooksMax))) {
          // Stopped while its other thread had the file of the store locked, it keeps everybody out of it.
          contender.kill('SIGCONT')
          if (stop === stopsMax) throw new Error('never: somebody else holds the lane')
          continue
        }
        const written = target.written()
        await until(() => target.written() > written, 'the next holder writes')
        contender.kill('SIGCONT')
        return
      }
    },
    kill: async (contender) => {
      contender.kill('SIGKILL')
      await once(contender, 'exit')
    },
    progress: async (effects) => {
      const goal = target.written() + effects
      await until(() => target.written() >= goal, `${effects} effects`)
    },
    finish: async () => {
      const running = [...children]
      for (const child of running) child.send('finish', () => undefined)
      await Promise.all(running.map((child) => once(child, 'exit')))
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
      for (const child of children) child.kill('SIGKILL')
      target[Symbol.dispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}
