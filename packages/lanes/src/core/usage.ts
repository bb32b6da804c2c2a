import type { ClaimId } from '@conduct/core'
import type { ClaimBase } from '../document.ts'
import type { HistoryEffect, HistoryRecord } from '../history-record.ts'

/** One turn of a holder that began. */
export interface Turn {
  readonly holder: string
  readonly atMs: number
  /** From asking to holding; null: there was no waiting at all. */
  readonly waitedMs: number | null
}

/** Slots in one hand, from when the lease began until it ended. */
export interface Stay {
  readonly holder: string
  readonly slots: readonly string[]
  readonly fromMs: number
  readonly toMs: number
}

export interface Usage {
  readonly turns: readonly Turn[]
  readonly stays: readonly Stay[]
  readonly parkedAt: readonly number[]
}

interface Walk {
  readonly turns: Turn[]
  readonly stays: Stay[]
  readonly parkedAt: number[]
  /** Who has slots; an offer has no beginning yet. */
  readonly having: Map<
    ClaimId,
    { readonly holder: string; readonly slots: readonly string[]; readonly fromMs: number | null }
  >
  /** Since when claims in line wait. */
  readonly asked: Map<ClaimId, number>
}

/**
 * Follows who held and who waited through the records of a lane.
 *
 * @param axis.times one place per record, rising, on the axis that ends at `endMs`: what is still held ends there.
 */
export function followUsage(
  records: readonly HistoryRecord[],
  axis: { readonly times: readonly number[]; readonly endMs: number },
): Usage {
  const walk = startOf(records, axis.times[0] ?? axis.endMs)
  for (const [index, record] of records.entries()) {
    // The checkpoint that a cut history begins with tells what came of its own record.
    if (index === 0 && record.seq > 1) continue
    const atMs = axis.times[index] ?? axis.endMs
    const queuedBefore = waitOfFormer(walk, record)
    const holderOf = namesIn(record)
    for (const effect of record.effects) {
      follow(walk, effect, { atMs, queuedBefore, holder: holderOf(effect.claim) })
    }
  }
  for (const claim of walk.having.keys()) endStay(walk, claim, axis.endMs)
  return walk
}

function startOf(records: readonly HistoryRecord[], firstMs: number): Walk {
  const walk: Walk = { turns: [], stays: [], parkedAt: [], having: new Map(), asked: new Map() }
  const [first] = records
  const checkpoint = first?.checkpoint ?? null
  if (first === undefined || first.seq === 1 || checkpoint === null) return walk
  const before = (wallMs: number): number => firstMs - Math.max(0, first.at.wallMs - wallMs)
  for (const { claim, holder, slots, state, grantedAt, since } of checkpoint.holders) {
    walk.having.set(claim, { holder, slots, fromMs: state === 'held' ? before(grantedAt.wallMs) : null })
    if (state === 'offered') walk.asked.set(claim, before(since.wallMs))
  }
  for (const { claim, state, since } of checkpoint.waiting) {
    if (state === 'waiting') walk.asked.set(claim, before(since.wallMs))
  }
  return walk
}

function follow(
  walk: Walk,
  { claim, change, slots }: HistoryEffect,
  known: { readonly atMs: number; readonly queuedBefore: number | null; readonly holder: string },
): void {
  const { atMs, holder } = known
  switch (change) {
    case 'queued':
    case 'assigned':
      if (!walk.asked.has(claim)) walk.asked.set(claim, known.queuedBefore ?? atMs)
      break
    case 'offered':
      walk.having.set(claim, { holder, slots, fromMs: null })
      break
    case 'granted':
      if (known.queuedBefore !== null) walk.asked.set(claim, known.queuedBefore)
      beginStay(walk, claim, { holder, slots, atMs })
      break
    case 'accepted': {
      const had = walk.having.get(claim)
      // An assigned claim is held before its holder asks for it.
      if (had?.fromMs === null) beginStay(walk, claim, { holder, slots: had.slots, atMs })
      break
    }
    case 'taken_up':
      // The run goes on with what it held; only where it had an offer so far, its turn begins here.
      if (known.queuedBefore === null) walk.having.set(claim, { holder, slots, fromMs: atMs })
      else {
        walk.asked.set(claim, known.queuedBefore)
        beginStay(walk, claim, { holder, slots, atMs })
      }
      break
    case 'parked':
      walk.parkedAt.push(atMs)
      endStay(walk, claim, atMs)
      break
    case 'released':
    case 'lapsed':
    case 'forced':
    case 'left':
    case 'expired':
    case 'refused':
      endStay(walk, claim, atMs)
      walk.asked.delete(claim)
      break
    case 'kept':
    case 'stopped':
    case 'moved':
    case 'paused':
    case 'unpaused':
    case 'acknowledged':
      break
    default:
      change satisfies never
  }
}

function beginStay(
  walk: Walk,
  claim: ClaimId,
  stay: { readonly holder: string; readonly slots: readonly string[]; readonly atMs: number },
): void {
  const { holder, slots, atMs } = stay
  const askedMs = walk.asked.get(claim)
  walk.turns.push({ holder, atMs, waitedMs: askedMs === undefined ? null : atMs - askedMs })
  walk.asked.delete(claim)
  walk.having.set(claim, { holder, slots, fromMs: atMs })
}

function endStay(walk: Walk, claim: ClaimId, atMs: number): void {
  const had = walk.having.get(claim)
  walk.having.delete(claim)
  if (had === undefined || had.fromMs === null) return
  walk.stays.push({ holder: had.holder, slots: had.slots, fromMs: had.fromMs, toMs: atMs })
}

/** A run that comes back keeps its place in line under a new claim: it waits since it took that place. */
function waitOfFormer(walk: Walk, { operation, effects }: HistoryRecord): number | null {
  if (operation.kind !== 'acquire' || operation.resumes === null) return null
  const left = effects.find((effect) => effect.change === 'left')
  return left === undefined ? null : (walk.asked.get(left.claim) ?? null)
}

/** Who stands behind the claims of a record. */
function namesIn({ delta, operation }: HistoryRecord): (claim: ClaimId) => string {
  const claims: readonly Pick<ClaimBase, 'claim' | 'holder'>[] = [
    ...(delta.holders ?? []),
    ...(delta.ended ?? []),
    ...(operation.kind === 'acquire' || operation.kind === 'assign' ? [operation.base] : []),
  ]
  return (claim) => claims.find((one) => one.claim === claim)?.holder ?? 'unknown'
}
