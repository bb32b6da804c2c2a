import type { StoreTime } from '../store.ts'

/** Milliseconds that surely passed since `from`; 0 when the two times cannot be compared. Decides. */
export function elapsedMs(from: StoreTime, now: StoreTime): number {
  return from.era === now.era ? Math.max(0, now.ms - from.ms) : 0
}

/** Milliseconds between two times for people and statistics: by the wall clock where nothing better is known. */
export function shownMs(from: StoreTime, now: StoreTime): number {
  return Math.max(0, from.era === now.era ? now.ms - from.ms : now.wallMs - from.wallMs)
}

/** A point in time of another era has not been reached: it is rebased when it is first seen in the new one. */
export function isReached(until: StoreTime, now: StoreTime): boolean {
  return until.era === now.era && now.ms >= until.ms
}

export function later(from: StoreTime, ms: number): StoreTime {
  return { ms: from.ms + ms, era: from.era, wallMs: from.wallMs + ms }
}
