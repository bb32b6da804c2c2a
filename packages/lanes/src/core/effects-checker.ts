import type { HistoryEffect, HistoryRecord } from '../history-record.ts'
import type { StoreTime } from '../store.ts'
import { wholeLane } from './slots.ts'

/** One change that a target took, with the fencing token it carried. */
export interface EffectRecord {
  readonly resource: string
  readonly token: number
  /** From looking at the target to having changed it. */
  readonly began: Pick<StoreTime, 'ms' | 'era'>
  readonly ended: Pick<StoreTime, 'ms' | 'era'>
  /** The state it was computed from and the one it made, where the target counts its states. */
  readonly change: { readonly from: number; readonly to: number } | null
}

/**
 * Judges what holders did to targets by the history of their lane (with limit 1), and names every breach:
 *
 * - an effect carries a token that the lane has granted (and its holder accepted) for that resource;
 * - it carries the highest token the target has seen: after a newer one, an older one is never taken;
 * - it began no sooner than its lease, where the two clocks compare;
 * - effects under different tokens never overlap in time;
 * - no update is lost: each is computed from the state that the one before it made.
 *
 * @param records of one lane, in order. Where old records were dropped, older tokens are taken on trust.
 * @param effects in the order the target took them.
 */
export function checkEffects(
  records: readonly HistoryRecord[],
  effects: readonly EffectRecord[],
): readonly string[] {
  const leases = leasesOf(records)
  const trusted = trustedTokens(records)
  const highest = new Map<string, number>()
  const states = new Map<string, number>()
  const problems: string[] = []
  for (const [index, effect] of effects.entries()) {
    const { resource, token, began, change } = effect
    const say = (problem: string): void => {
      problems.push(`effect ${index + 1} on ${resource} (token ${token}): ${problem}`)
    }
    const lease = leases.find(resource, token)
    if (lease === undefined && token > trusted(resource)) say('the lane never gave a lease with this token')
    if (lease !== undefined && lease.era === began.era && began.ms < lease.ms)
      say('it began before its lease')
    const seen = highest.get(resource) ?? 0
    if (token < seen) say(`the target had seen token ${seen}`)
    highest.set(resource, Math.max(seen, token))
    if (change === null) continue
    const state = states.get(resource)
    if (state !== undefined && change.from !== state) {
      say(`it lost an update: it was computed from state ${change.from} and replaced ${state}`)
    }
    states.set(resource, change.to)
  }
  return [...problems, ...findOverlaps(effects)]
}

/** Effects begin with these; an offered turn is no lease before it is accepted. */
const begins: ReadonlySet<HistoryEffect['change']> = new Set(['granted', 'accepted', 'taken_up'])

function leasesOf(records: readonly HistoryRecord[]) {
  const begun = new Map<string, StoreTime>()
  const keyOf = (resource: string, token: number): string => `${token} ${resource}`
  const note = (lease: Pick<HistoryEffect, 'resources' | 'token'>, at: StoreTime): void => {
    if (lease.token === null) return
    for (const resource of lease.resources) {
      const key = keyOf(resource, lease.token)
      // A lease that is taken up again with its token began the first time.
      if (!begun.has(key)) begun.set(key, at)
    }
  }
  for (const held of records[0]?.checkpoint?.holders ?? []) {
    if (held.state === 'held') note(held, held.grantedAt)
  }
  for (const { at, effects } of records) {
    for (const effect of effects) if (begins.has(effect.change)) note(effect, at)
  }
  return {
    find: (resource: string, token: number): StoreTime | undefined =>
      begun.get(keyOf(resource, token)) ?? begun.get(keyOf(wholeLane, token)),
  }
}

/** The highest token that was granted before the first of these records, per resource. */
function trustedTokens(records: readonly HistoryRecord[]): (resource: string) => number {
  const [first] = records
  if (first === undefined || first.seq === 1 || first.checkpoint === null) return () => 0
  const { counters } = first.checkpoint
  return (resource) => Math.max(counters[resource] ?? 0, counters[wholeLane] ?? 0)
}

function findOverlaps(effects: readonly EffectRecord[]): readonly string[] {
  const problems: string[] = []
  const groups = Map.groupBy(effects, ({ resource, began }) => `${began.era} ${resource}`)
  for (const group of groups.values()) {
    const inOrder = group.toSorted((one, other) => one.began.ms - other.began.ms)
    let running: readonly EffectRecord[] = []
    for (const effect of inOrder) {
      running = running.filter((other) => other.ended.ms > effect.began.ms)
      for (const other of running) {
        if (other.token === effect.token) continue
        const tokens = `tokens ${other.token} and ${effect.token}`
        problems.push(`effects on ${effect.resource} under ${tokens} overlap in time`)
      }
      running = [...running, effect]
    }
  }
  return problems
}
