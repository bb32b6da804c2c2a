import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type HistoryRecord,
  type Lane,
  type LaneDefinition,
  openLanes,
  openStore,
  systemClock,
} from '@conduct/lanes/engine'
import type { ShiftedClock } from './shifted-clock.ts'
import type { ContenderOrder, ContenderWord } from './contender.ts'
import { openTarget, type TargetTally } from './target.ts'

/** Long runs on demand, bounded ones otherwise. */
export const isLong = process.env['CONDUCT_TEST_LONG'] !== undefined

/** Short leases, so that a takeover from a stopped holder takes two seconds. */
export const shortLease: LaneDefinition = {
  scope: 'repo_set',
  limit: 1,
  order: 'strict',
  whenHeld: 'queue',
  ttlMs: 1700,
  renewMs: 400,
  marginMs: 300,
  waitingTtlMs: 60_000,
  waitingMax: 200,
  acceptMs: 1000,
  takeoverDelayMs: 1000,
  captains: ['captain'],
  holders: null,
  purpose: 'test',
}

export interface Arena extends AsyncDisposable {
  readonly lane: Lane
  spawn(clock?: ShiftedClock): ChildProcess
  /** Stops a contender between reading the target and writing it, until it has lost the lane, then wakes it. */
  stopMidEffect(contender: ChildProcess): Promise<void>
  kill(contender: ChildProcess): Promise<void>
  /** Resolves when so many effects more have been written. */
  progress(effects: number): Promise<void>
  finish(): Promise<ArenaResult>
}

export interface ArenaResult extends TargetTally {
  readonly lost: number
  readonly refusedByGuard: number
  readonly takeovers: number
  readonly history: readonly HistoryRecord[]
  readonly isHistoryIntact: boolean
}

const looksMax = 4000
const lookMs = 15

export async function openArena(
  kind: Pick<ContenderOrder, 'target' | 'lane'> & { readonly slowMs?: number },
): Promise<Arena> {
  const folder = mkdtempSync(join(tmpdir(), 'conduct-arena-'))
  const store = await openStore(`sqlite:${join(folder, 'state.db')}`)
  const targetPath = join(folder, 'target.db')
  const target = openTarget(targetPath, kind.target)
  const lane = openLanes({
    store,
    estate: 'test',
    definitions: new Map([['lane', shortLease]]),
    identity: { holder: 'test:judge', person: null },
    clock: systemClock,
  }).lane('lane')
  const order: ContenderOrder = {
    storeUrl: store.url,
    definition: shortLease,
    targetPath,
    effectMs: 4,
    slowMs: 400,
    ...kind,
  }
  const children = new Set<ChildProcess>()
  const counts = { refusedByGuard: 0 }

  const until = async (isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> => {
    for (let look = 0; look < looksMax; look++) {
      if (await isTrue()) return
      await systemClock.sleep(lookMs)
    }
    throw new Error(`never: ${what}`)
  }

  return {
    lane,
    spawn: (clock) => {
      const child = fork(new URL('contender.ts', import.meta.url), [JSON.stringify(order)], {
        execArgv: [],
        env: { ...process.env, ...clock?.env },
      })
      child.on('message', (word: ContenderWord) => {
        if (word.kind === 'done') counts.refusedByGuard += word.refusedByGuard
      })
      child.once('exit', () => children.delete(child))
      children.add(child)
      return child
    },
    stopMidEffect: async (contender) => {
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
        (await lane.inspect()).holders.some((held) => held.token > token && held.state === 'held')
      if (kind.lane === 'real') await until(isTaken, 'somebody else holds the lane')
      const written = target.written()
      await until(() => target.written() > written, 'the next holder writes')
      contender.kill('SIGCONT')
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
      for (const child of running) child.send('finish')
      await Promise.all(running.map((child) => once(child, 'exit')))
      const tally = target.tally()
      const history = await lane.history()
      const effects = history.flatMap((record) => record.effects)
      return {
        ...tally,
        lost: tally.written - tally.value,
        refusedByGuard: counts.refusedByGuard,
        takeovers: effects.filter((effect) => effect.change === 'lapsed').length,
        history,
        isHistoryIntact: (await lane.verifyHistory()).isIntact,
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const child of children) child.kill('SIGKILL')
      target[Symbol.dispose]()
      await store[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
