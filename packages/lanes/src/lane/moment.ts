import type { Clock } from '@conduct/core'

/** One point in time on both clocks of a holder: the one that stands still while the machine sleeps, and the other. */
export interface Moment {
  readonly monotonicMs: number
  readonly bootMs: number
}

export function momentOf(clock: Clock): Moment {
  return { monotonicMs: clock.monotonicMs(), bootMs: clock.bootMs() }
}

export function plus(moment: Moment, ms: number): Moment {
  return { monotonicMs: moment.monotonicMs + ms, bootMs: moment.bootMs + ms }
}

/** Milliseconds left until a deadline, by whichever clock says fewer; 0 or less: it has passed. */
export function leftMs(deadline: Moment, clock: Clock): number {
  return Math.min(deadline.monotonicMs - clock.monotonicMs(), deadline.bootMs - clock.bootMs())
}
