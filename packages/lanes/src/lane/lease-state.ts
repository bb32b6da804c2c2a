import type { Clock } from '@conduct/core'
import { leftMs, type Moment, plus } from './moment.ts'

/**
 * What the main loop of a holder and its renewal worker both see: how long the lease is surely ours, and the main
 * loop's own beat. Plain shared memory, so that a check needs no message and nothing is awaited.
 */
export interface LeaseState {
  readonly buffer: SharedArrayBuffer
  deadline(): Moment
  /** A renewal sent at that moment was granted. A deadline only moves forward. */
  extend(sentAt: Moment, term: LeaseTerm): void
  beat(): void
  beatAgeMs(): number
}

export interface LeaseTerm {
  readonly ttlMs: number
  readonly marginMs: number
}

const cells = { monotonicUs: 0, bootUs: 1, beatUs: 2 }

export function makeLeaseState(clock: Clock, buffer = new SharedArrayBuffer(24)): LeaseState {
  const view = new BigInt64Array(buffer)
  const readMs = (cell: number): number => Number(Atomics.load(view, cell)) / 1000
  return {
    buffer,
    deadline: () => ({ monotonicMs: readMs(cells.monotonicUs), bootMs: readMs(cells.bootUs) }),
    extend: (sentAt, { ttlMs, marginMs }) => {
      const deadline = plus(sentAt, ttlMs - marginMs)
      raise(view, cells.monotonicUs, toMicroseconds(deadline.monotonicMs))
      raise(view, cells.bootUs, toMicroseconds(deadline.bootMs))
    },
    beat: () => {
      Atomics.store(view, cells.beatUs, toMicroseconds(clock.monotonicMs()))
    },
    beatAgeMs: () => clock.monotonicMs() - readMs(cells.beatUs),
  }
}

/** The part of a lease in which what still runs under it is stopped: nothing new starts there. */
const stopMsMax = 5000
const stopShare = 10

/**
 * How long before its deadline a lease that is not being renewed counts as lost: a running effect is told then, so
 * that its processes have ended when the deadline comes.
 */
export function stopMs({ ttlMs, marginMs }: LeaseTerm): number {
  return Math.min(stopMsMax, (ttlMs - marginMs) / stopShare)
}

/** Milliseconds in which an effect may still be started; 0 or less: the lease is lost. */
export function usableMs(state: LeaseState, term: LeaseTerm, clock: Clock): number {
  return leftMs(state.deadline(), clock) - stopMs(term)
}

function toMicroseconds(ms: number): bigint {
  return BigInt(Math.floor(ms * 1000))
}

function raise(view: BigInt64Array, cell: number, value: bigint): void {
  for (;;) {
    const found = Atomics.load(view, cell)
    if (found >= value || Atomics.compareExchange(view, cell, found, value) === found) return
  }
}
