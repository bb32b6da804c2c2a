import type { StoreTime } from '../store.ts'

/**
 * Puts times of one history on one axis, in wall-clock milliseconds that never run backwards and end at `now`.
 *
 * Times of one era keep their distances, whatever the wall clock was set to in between: an era is anchored where its
 * latest time says that it lies. Eras (boots, hosts) lie apart by their wall clocks, for want of anything better: a
 * host whose clock is wrong by a minute moves the edges of its holds by that minute, and no total by more.
 */
export function layOut(times: readonly StoreTime[], now: StoreTime): readonly number[] {
  const offsets = new Map<string, number>()
  for (const time of [...times, now]) offsets.set(time.era, time.wallMs - time.ms)
  const placed: number[] = []
  let latestMs = now.wallMs
  for (const time of times.toReversed()) {
    latestMs = Math.min(latestMs, time.ms + (offsets.get(time.era) ?? 0))
    placed.push(latestMs)
  }
  return placed.toReversed()
}
