import { formatDuration } from '@conduct/core'
import { green, red, type Row } from '../row.ts'

/** The store's clock goes forward; deadlines of leases are counted on it. Its time of day decides nothing. */
export const row: Row = {
  check: 'store_clock',
  over: 'producer',
  async judge({ context }) {
    const before = await context.store.register.now()
    const after = await context.store.register.now()
    const one = '1 of 1 stores'
    if (before.era !== after.era || after.ms < before.ms) {
      return red(
        one,
        `The clock of ${context.store.kind} went back between two reads; repair the host's clock.`,
      )
    }
    const apart = Math.abs(after.wallMs - context.clock.wallMs())
    return green(
      one,
      `The store's clock goes forward; its time of day is ${formatDuration(apart)} from ours.`,
    )
  },
}
