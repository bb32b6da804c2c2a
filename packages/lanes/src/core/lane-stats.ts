import { toTimestamp } from '@conduct/core'
import type { ClaimOutcome, EndedClaim } from '../document.ts'
import type { HistoryRecord } from '../history-record.ts'
import type { RefusalReason } from '../operation.ts'
import type { StoreTime } from '../store.ts'
import { type Distribution, distribute } from './distribution.ts'
import { deadReason, type HoldTimes, holdTimes } from './ended-holds.ts'
import { layOut } from './timeline.ts'
import { followUsage, type Stay, type Turn } from './usage.ts'

/** How a lane was used in a stretch of time. Durations are milliseconds. */
export interface LaneStats {
  /** The stretch: from the window's start, or from where the history begins if that is later. */
  readonly since: string
  readonly until: string
  /** True when the window reaches back beyond the history that is left. */
  readonly isCut: boolean
  /** Records that were looked at. */
  readonly records: number
  /** Turns that began: granted at once, or offered and accepted. */
  readonly grants: number
  /** How many of them had to wait in line. */
  readonly contended: number
  /** From asking to holding, of all grants: 0 for those at once. */
  readonly waits: Distribution | null
  /** Of what was handed back in this stretch, whenever it began. */
  readonly holds: HoldTimes | null
  readonly outcomes: Readonly<Record<ClaimOutcome, number>>
  readonly refusals: Readonly<Partial<Record<RefusalReason, number>>>
  readonly takeovers: {
    /** Leases that were not renewed in time; those of processes proved dead among them. */
    readonly lapsed: number
    readonly dead: number
    readonly forced: number
  }
  /** Leases given back for a while, as for an approval. */
  readonly parked: number
  readonly utilisation: {
    readonly windowMs: number
    /** Time in which anything of the lane was held, and its share of the stretch. */
    readonly heldMs: number
    readonly share: number
    /** The same of each slot, in the order of their names. */
    readonly slots: readonly { readonly slot: string; readonly heldMs: number; readonly share: number }[]
  }
  /** Most of the time first. */
  readonly busiest: readonly { readonly holder: string; readonly grants: number; readonly heldMs: number }[]
}

export interface LaneStatsOptions {
  /** The store's time: what is held now counts until then. */
  readonly now: StoreTime
  /** How far back to look; default: 30 days. */
  readonly windowMs?: number
}

export const statsWindowMsDefault = 30 * 24 * 3_600_000
const busiestMax = 5

/**
 * What the history of a lane says about its use. Pure.
 *
 * @param records in order, without gaps, beginning at the first record or at a checkpoint; those before the window
 *   tell who held when it began.
 */
export function laneStats(records: readonly HistoryRecord[], options: LaneStatsOptions): LaneStats {
  const { now, windowMs = statsWindowMsDefault } = options
  const times = layOut(
    records.map((record) => record.at),
    now,
  )
  const startMs = now.wallMs - windowMs
  const fromMs = Math.max(startMs, times[0] ?? now.wallMs)
  const isIn = (ms: number): boolean => ms >= fromMs
  const { turns, stays, parkedAt } = followUsage(records, { times, endMs: now.wallMs })
  const ended = records.flatMap((record, index) =>
    isIn(times[index] ?? 0) ? (record.delta.ended ?? []) : [],
  )
  const grants = turns.filter((turn) => isIn(turn.atMs))
  const count = (outcome: ClaimOutcome): number => ended.filter((one) => one.outcome === outcome).length
  return {
    since: toTimestamp(fromMs),
    until: toTimestamp(now.wallMs),
    isCut: fromMs > startMs && (records[0]?.seq ?? 1) > 1,
    records: times.filter(isIn).length,
    grants: grants.length,
    contended: grants.filter((turn) => turn.waitedMs !== null).length,
    waits: distribute(grants.map((turn) => turn.waitedMs ?? 0)),
    holds: holdTimes(ended),
    outcomes: {
      released: count('released'),
      lapsed: count('lapsed'),
      forced: count('forced'),
      left: count('left'),
      expired: count('expired'),
      refused: count('refused'),
    },
    refusals: countRefusals(ended),
    takeovers: {
      lapsed: count('lapsed'),
      dead: ended.filter((one) => one.outcome === 'lapsed' && one.reason === deadReason).length,
      forced: count('forced'),
    },
    parked: parkedAt.filter(isIn).length,
    utilisation: utilisationOf(stays, { fromMs, toMs: now.wallMs }),
    busiest: findBusiest(stays, { grants, fromMs }),
  }
}

function countRefusals(ended: readonly EndedClaim[]): LaneStats['refusals'] {
  const counts: Partial<Record<string, number>> = {}
  for (const { outcome, reason } of ended) {
    if (outcome === 'refused' && reason !== null) counts[reason] = (counts[reason] ?? 0) + 1
  }
  return counts
}

function utilisationOf(
  stays: readonly Stay[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): LaneStats['utilisation'] {
  const windowMs = Math.max(0, toMs - fromMs)
  const inside = stays.filter((stay) => stay.toMs > fromMs)
  const shareOf = (heldMs: number) => ({ heldMs, share: windowMs === 0 ? 0 : heldMs / windowMs })
  const slots = [...new Set(inside.flatMap((stay) => stay.slots))].sort()
  return {
    windowMs,
    ...shareOf(coveredMs(inside, fromMs)),
    slots: slots.map((slot) => ({
      slot,
      ...shareOf(
        coveredMs(
          inside.filter((stay) => stay.slots.includes(slot)),
          fromMs,
        ),
      ),
    })),
  }
}

/** How long at least one of them stood. */
function coveredMs(stays: readonly Stay[], fromMs: number): number {
  let coveredToMs = fromMs
  let ms = 0
  for (const stay of stays.toSorted((one, other) => one.fromMs - other.fromMs)) {
    ms += Math.max(0, stay.toMs - Math.max(stay.fromMs, coveredToMs))
    coveredToMs = Math.max(coveredToMs, stay.toMs)
  }
  return ms
}

function findBusiest(
  stays: readonly Stay[],
  { grants, fromMs }: { readonly grants: readonly Turn[]; readonly fromMs: number },
): LaneStats['busiest'] {
  const byHolder = new Map<string, { grants: number; heldMs: number }>()
  const entry = (holder: string): { grants: number; heldMs: number } => {
    const found = byHolder.get(holder) ?? { grants: 0, heldMs: 0 }
    byHolder.set(holder, found)
    return found
  }
  for (const { holder } of grants) entry(holder).grants += 1
  for (const stay of stays) {
    if (stay.toMs > fromMs) entry(stay.holder).heldMs += stay.toMs - Math.max(stay.fromMs, fromMs)
  }
  return [...byHolder]
    .map(([holder, { grants: count, heldMs }]) => ({ holder, grants: count, heldMs }))
    .sort((one, other) => other.heldMs - one.heldMs || other.grants - one.grants)
    .slice(0, busiestMax)
}
