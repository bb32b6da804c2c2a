import { type ClaimId, formatDuration } from '@conduct/core'
import type { EndedClaim } from '../document.ts'
import type { StoreTime } from '../store.ts'
import { type Distribution, distribute } from './distribution.ts'

/** Fewer holds than this say nothing about the next one. */
export const samplesMin = 5

/** How long the lane is held when the work runs its course: what estimates and statistics both rest on. */
export interface HoldTimes extends Distribution {
  /** Wall-clock time at which the earliest of these holds ended. */
  readonly sinceMs: number
}

/** @param ended outcomes in any order: the tail in a lane's document, or all of its history. */
export function holdTimes(ended: readonly EndedClaim[]): HoldTimes | null {
  const samples = ended.filter(ranItsCourse)
  const times = distribute(samples.map((sample) => sample.heldMs))
  if (times === null) return null
  return { ...times, sinceMs: Math.min(...samples.map((sample) => sample.at.wallMs)) }
}

/** What a median rests on, for people: `median of 14 holds since 3 Nov is 12m`. */
export function holdBasis(times: HoldTimes, now: StoreTime): string {
  const since = formatDay(times.sinceMs, now.wallMs)
  return `median of ${times.count} holds since ${since} is ${formatDuration(times.p50Ms)}`
}

/**
 * A lapsed or forced hold lasted as long as the rules, not as the work; one that its own run took up again went on
 * under another claim.
 */
function ranItsCourse({ outcome, reason }: EndedClaim): boolean {
  return outcome === 'released' && reason?.startsWith(takenUpStart) !== true
}

const takenUpStart = 'taken up by its own run'

/** Why a claim ended whose run goes on under another one. */
export function takenUpReason(next: ClaimId): string {
  return `${takenUpStart} as ${next}`
}

/** Why a lease lapsed at once: its holder was proved dead on its own host. */
export const deadReason = 'its process is dead'

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `3 Nov`, with its year where that is another one; UTC, as every time in the output. */
export function formatDay(wallMs: number, nowWallMs: number): string {
  const day = new Date(wallMs)
  const year = day.getUTCFullYear() === new Date(nowWallMs).getUTCFullYear() ? '' : ` ${day.getUTCFullYear()}`
  return `${day.getUTCDate()} ${months[day.getUTCMonth()] ?? ''}${year}`
}
