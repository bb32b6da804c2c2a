import type { Distribution, LaneStats } from '@conduct/lanes/engine'
import { toTimestamp } from '@conduct/core'

/** The statistics of a lane in the names of the command-line contract. */
export function toWireStats(lane: string, stats: LaneStats) {
  const { holds, utilisation, outcomes } = stats
  return {
    lane,
    since: stats.since,
    until: stats.until,
    cut: stats.isCut,
    records: stats.records,
    grants: stats.grants,
    contended: stats.contended,
    contention: stats.grants === 0 ? null : round(stats.contended / stats.grants),
    waits: toWireDistribution(stats.waits),
    holds:
      holds === null ? null : { ...toWireDistribution(holds), earliest_ended: toTimestamp(holds.sinceMs) },
    outcomes,
    refusals: stats.refusals,
    takeovers: stats.takeovers,
    parked: stats.parked,
    utilisation: {
      window_s: seconds(utilisation.windowMs),
      held_s: seconds(utilisation.heldMs),
      share: round(utilisation.share),
      slots: utilisation.slots.map(({ slot, heldMs, share }) => ({
        slot,
        held_s: seconds(heldMs),
        share: round(share),
      })),
    },
    busiest: stats.busiest.map(({ holder, grants, heldMs }) => ({ holder, grants, held_s: seconds(heldMs) })),
  }
}

function toWireDistribution(distribution: Distribution | null) {
  if (distribution === null) return null
  const { count, p50Ms, p90Ms, maxMs } = distribution
  return { count, p50_s: seconds(p50Ms), p90_s: seconds(p90Ms), max_s: seconds(maxMs) }
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000
}

/** Shares to four places. */
function round(share: number): number {
  return Math.round(share * 10_000) / 10_000
}
