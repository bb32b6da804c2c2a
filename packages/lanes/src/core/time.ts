import type { StoreTime } from '../store.ts'

/** What a decision compares stored times with. */
export interface Watch {
  readonly now: StoreTime
  /**
   * Where hosts stamp with clocks of their own: when this watcher first saw a time of another era, on its own clock;
   * null: never before. Absent where all times of an era compare, and another era means another boot.
   */
  readonly firstSeenMs?: FirstSeen | undefined
}

export type FirstSeen = (time: StoreTime) => number | null

/** Milliseconds that surely passed since `from`; 0 when the two times cannot be compared. Decides. */
export function elapsedMs(from: StoreTime, { now, firstSeenMs }: Watch): number {
  if (from.era === now.era) return Math.max(0, now.ms - from.ms)
  const seenMs = firstSeenMs?.(from) ?? null
  return seenMs === null ? 0 : Math.max(0, now.ms - seenMs)
}

/** Milliseconds between two times for people and statistics: by the wall clock where nothing better is known. */
export function shownMs(from: StoreTime, now: StoreTime): number {
  return Math.max(0, from.era === now.era ? now.ms - from.ms : now.wallMs - from.wallMs)
}

/**
 * True when a point in time has come. One of another era comes when it stood unchanged for its whole length before
 * this watcher, since it was set before it was first seen; late, never early. Without observation it has not come:
 * it is rebased when it is first met in the new era.
 *
 * @param lengthMs from when it was set until it is due.
 */
export function isReached(until: StoreTime, watch: Watch, lengthMs: number): boolean {
  if (until.era === watch.now.era) return watch.now.ms >= until.ms
  return watch.firstSeenMs !== undefined && elapsedMs(until, watch) >= lengthMs
}

export function later(from: StoreTime, ms: number): StoreTime {
  return { ms: from.ms + ms, era: from.era, wallMs: from.wallMs + ms }
}
