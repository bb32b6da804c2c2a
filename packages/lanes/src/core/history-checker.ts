import type { ClaimId } from '@conduct/core'
import type { HistoryEffect, HistoryRecord, LaneState } from '../history-record.ts'
import type { StoreTime } from '../store.ts'
import { restartOf } from './history.ts'
import { tokensPerEpoch } from './slots.ts'

/**
 * An independent judge of what a lane did. It reads the effects of the records, knows nothing of how the core
 * decides, and names every breach of what the engine promises:
 *
 * - tokens rise with every grant of a slot;
 * - no slot has two holders, and no grant leaves a resource with more holders than its limit;
 * - a set is taken and given back whole;
 * - a forced slot stays quiet until its holder acknowledged or the takeover delay is over;
 * - a claim ends once, and nothing happens to it afterwards;
 * - after the store went back, nobody holds, and every later token exceeds every one that was ever granted.
 *
 * @param records of one lane, in order. A history that was cut begins with a checkpoint; its holders are read there.
 */
export function checkHistory(records: readonly HistoryRecord[]): readonly string[] {
  const state = startOf(records)
  const problems: string[] = []
  for (const [index, record] of records.entries()) {
    const { operation } = record
    if (operation.kind === 'apply' && record.delta.lane?.definition !== undefined)
      state.rules = operation.definition
    const restarted = restartOf(record)
    if (restarted !== null) {
      problems.push(...restart(state, record, restarted).map((problem) => `record ${record.seq}: ${problem}`))
      continue
    }
    if (index === 0 && record.seq !== 1) continue
    for (const effect of record.effects) {
      for (const problem of judge(state, effect, record.at)) problems.push(`record ${record.seq}: ${problem}`)
    }
  }
  return problems
}

/** Claims that are both ended and alive, or neither: each claim is exactly one of them. */
export function findLostClaims(
  records: readonly HistoryRecord[],
  alive: ReadonlySet<ClaimId>,
): readonly ClaimId[] {
  const seen = new Set<ClaimId>()
  const ended = new Set<ClaimId>()
  for (const record of records) {
    const restarted = restartOf(record)
    if (restarted !== null) {
      // What the store forgot when it went back is not the lane's to account for.
      seen.clear()
      ended.clear()
      for (const { claim } of restarted.waiting) seen.add(claim)
    }
    for (const effect of record.effects) {
      seen.add(effect.claim)
      if (outcomes.has(effect.change)) ended.add(effect.claim)
    }
  }
  for (const claim of alive) seen.add(claim)
  return [...seen].filter((claim) => ended.has(claim) === alive.has(claim))
}

const outcomes: ReadonlySet<string> = new Set(['released', 'lapsed', 'forced', 'left', 'expired', 'refused'])
const grants: ReadonlySet<string> = new Set(['granted', 'offered', 'taken_up'])
const wholeLane = '*'

interface Holding {
  readonly resources: readonly string[]
  readonly slots: readonly string[]
  /** False for an offer: its lease has not begun. */
  readonly isBegun: boolean
}

interface State {
  rules: { readonly limit: number; readonly takeoverDelayMs: number }
  /** Every token of the epoch exceeds it. */
  floor: number
  readonly tokens: Map<string, number>
  readonly holders: Map<ClaimId, Holding>
  readonly ended: Map<ClaimId, string>
  /** Forced slots, since when, and from whom. */
  readonly quiet: Map<
    string,
    { readonly claim: ClaimId; readonly since: StoreTime; readonly delayMs: number }
  >
}

function startOf(records: readonly HistoryRecord[]): State {
  const checkpoint = records[0]?.checkpoint ?? null
  const state: State = {
    rules: checkpoint?.definition ?? { limit: 1, takeoverDelayMs: 0 },
    floor: (checkpoint?.epoch ?? 0) * tokensPerEpoch,
    tokens: new Map(),
    holders: new Map(),
    ended: new Map(),
    quiet: new Map(),
  }
  if (checkpoint === null || records[0]?.seq === 1) return state
  for (const [slot, token] of Object.entries(checkpoint.counters)) state.tokens.set(slot, token)
  for (const held of checkpoint.holders) {
    state.holders.set(held.claim, { ...held, isBegun: held.state === 'held' })
  }
  return state
}

/** The lane was recovered: what it says from here on need not follow from what it said before. */
function restart(state: State, record: HistoryRecord, restarted: LaneState): readonly string[] {
  const problems: string[] = []
  state.floor = restarted.epoch * tokensPerEpoch
  const highest = Math.max(0, ...state.tokens.values())
  if (highest > state.floor) problems.push(`epoch ${restarted.epoch} does not exceed token ${highest}`)
  for (const held of restarted.holders) problems.push(`${held.claim} still holds after the store went back`)
  state.rules = restarted.definition
  state.holders.clear()
  state.quiet.clear()
  for (const { slot, claim, delayMs } of restarted.cooling) {
    state.quiet.set(slot, { claim, since: record.at, delayMs })
  }
  for (const { claim, change } of record.effects) state.ended.set(claim, change)
  for (const { claim } of restarted.waiting) state.ended.delete(claim)
  return problems
}

function judge(state: State, effect: HistoryEffect, at: StoreTime): readonly string[] {
  const { claim, change, slots } = effect
  if (change === 'acknowledged') {
    for (const [slot, quiet] of state.quiet) if (quiet.claim === claim) state.quiet.delete(slot)
    return []
  }
  const before = state.ended.get(claim)
  if (before !== undefined) return [`${claim} is ${change} after it was ${before}`]
  if (grants.has(change)) return judgeGrant(state, effect, at)
  const held = state.holders.get(claim)
  if (change === 'accepted' && held !== undefined) state.holders.set(claim, { ...held, isBegun: true })
  if (outcomes.has(change)) state.ended.set(claim, change)
  if (!outcomes.has(change) && change !== 'parked') return []
  state.holders.delete(claim)
  if (held === undefined) return slots.length > 0 ? [`${claim} gives back what it did not hold`] : []
  if (change === 'forced' && held.isBegun) {
    for (const slot of slots)
      state.quiet.set(slot, { claim, since: at, delayMs: state.rules.takeoverDelayMs })
  }
  return sameSet(held.slots, slots) ? [] : [`${claim} gives back another set than it took`]
}

function judgeGrant(state: State, effect: HistoryEffect, at: StoreTime): readonly string[] {
  const { claim, token, slots, resources } = effect
  if (token === null || !Number.isSafeInteger(token)) return [`${claim} is granted without a token`]
  const problems: string[] = []
  if (slots.length !== resources.length) problems.push(`${claim} is granted a part of its set`)
  if (state.holders.has(claim)) problems.push(`${claim} is granted twice`)
  for (const slot of slots) {
    const highest = Math.max(state.floor, state.tokens.get(slot) ?? 0)
    if (token <= highest) problems.push(`${claim} gets token ${token} for ${slot}, after ${highest}`)
    state.tokens.set(slot, Math.max(highest, token))
    for (const [other, held] of state.holders) {
      if (other !== claim && held.slots.includes(slot))
        problems.push(`${claim} and ${other} both hold ${slot}`)
    }
    const quiet = state.quiet.get(slot)
    state.quiet.delete(slot)
    if (quiet?.since.era === at.era && at.ms - quiet.since.ms < quiet.delayMs) {
      problems.push(`${claim} gets ${slot} in the quiet time after ${quiet.claim} was forced out`)
    }
  }
  state.holders.set(claim, { resources, slots, isBegun: effect.change !== 'offered' })
  for (const resource of resources) {
    const { limit } = state.rules
    const count = [...state.holders.values()].filter((held) => overlaps(held.resources, resource)).length
    if (count > limit) problems.push(`${claim} is holder ${count} of ${resource}, with limit ${limit}`)
  }
  return problems
}

function overlaps(resources: readonly string[], resource: string): boolean {
  return resource === wholeLane || resources.includes(wholeLane) || resources.includes(resource)
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((slot) => other.includes(slot))
}
