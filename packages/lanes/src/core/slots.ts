import type { HeldClaim, LaneDocument } from '../document.ts'
import type { Draft } from './draft.ts'

/** The resource of a lane with `scope: global`; it overlaps with every other. */
export const wholeLane = '*'

function slotName(resource: string, number: number): string {
  return number === 1 ? resource : `${resource}#${number}`
}

export function resourceOf(slot: string): string {
  return slot.split('#')[0] ?? slot
}

/** What conflicts are counted by: the claim's resources. */
export type KeysOf = (claim: { readonly resources: readonly string[] }) => readonly string[]

const wholeLaneOnly: readonly string[] = [wholeLane]

/**
 * While claims on the whole lane and claims on single resources meet (the lane's scope was changed under them),
 * every claim counts as one on the whole lane: slower, and nobody overlaps.
 */
export function conflictKeys(lane: Pick<LaneDocument, 'holders' | 'waiting' | 'cooling'>): KeysOf {
  let whole = false
  let single = false
  const look = (resource: string | undefined): void => {
    if (resource === wholeLane) whole = true
    else single = true
  }
  for (const held of lane.holders) look(held.resources[0])
  for (const waiting of lane.waiting) look(waiting.resources[0])
  for (const cooling of lane.cooling) look(cooling.resource)
  return whole && single ? () => wholeLaneOnly : (claim) => claim.resources
}

/** How many holders each key has, those in quiet time after a force release included. */
export function countBusy(
  lane: Pick<LaneDocument, 'holders' | 'cooling'>,
  keysOf: KeysOf,
): Map<string, number> {
  const busy = new Map<string, number>()
  const add = (key: string): void => {
    busy.set(key, (busy.get(key) ?? 0) + 1)
  }
  for (const held of lane.holders) keysOf(held).forEach(add)
  for (const cooling of lane.cooling) keysOf({ resources: [cooling.resource] }).forEach(add)
  return busy
}

/** The first free slot of each resource, in the order of the resources. */
export function chooseSlots(draft: Draft, resources: readonly string[]): readonly string[] {
  const taken = new Set<string>(draft.cooling.map((cooling) => cooling.slot))
  for (const held of draft.holders) for (const slot of held.slots) taken.add(slot)
  return resources.map((resource) => {
    let number = 1
    while (taken.has(slotName(resource, number))) number += 1
    return slotName(resource, number)
  })
}

/** Tokens of one epoch are `epoch × 2³² + n`, n from 1. */
export const tokensPerEpoch = 2 ** 32

/** 1 + the highest counter of the slots; the counter of each of them is set to it. */
export function takeToken(draft: Draft, slots: readonly string[]): number {
  let highest = draft.epoch * tokensPerEpoch
  for (const slot of slots) highest = Math.max(highest, counterOf(draft, slot))
  const token = highest + 1
  for (const slot of slots) raiseCounter(draft, slot, token)
  return token
}

export function raiseCounter(draft: Draft, slot: string, value: number): void {
  draft.counters[slot] = value
  draft.raisedCounters[slot] = value
}

function counterOf(draft: Draft, slot: string): number {
  return Object.hasOwn(draft.counters, slot) ? (draft.counters[slot] ?? 0) : 0
}

/** True when nothing of the asked resources lies outside the claim's. */
export function covers(claim: Pick<HeldClaim, 'resources'>, asked: readonly string[]): boolean {
  return asked.every((resource) => claim.resources.includes(resource))
}
