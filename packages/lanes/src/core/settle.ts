import type { ClaimId } from '@conduct/core'
import type { HeldClaim, LaneOrder, WaitingClaim } from '../document.ts'
import { type Draft, noteEffect } from './draft.ts'
import { chooseSlots, conflictKeys, countBusy, takeToken } from './slots.ts'
import { later } from './time.ts'

/** How long a turn stays open for a waiter whose process is there to take it. */
const acceptAttendedMs = 60_000

/**
 * Gives everything that is free to whoever is next. After it, no claim waits for resources it could have: this
 * runs after every change that frees something, so that no wakeup can be lost.
 *
 * @param own the claim whose own write this is: it holds at once, everybody else gets an offer to accept.
 */
export function settle(draft: Draft, own: ClaimId | null): void {
  if (draft.isSettled) return
  draft.isSettled = true
  if (draft.paused !== null || !draft.waiting.some(isInLine)) return
  const keysOf = conflictKeys(draft)
  const busy = countBusy(draft, keysOf)
  const passesMax = passesAllowed(draft.definition.order)
  const passed = new Map<string, Queue>()
  const granted = new Set<ClaimId>()
  for (const [index, claim] of draft.waiting.entries()) {
    if (!isInLine(claim)) continue
    const keys = keysOf(claim)
    if (keys.every((key) => mayTake(draft.definition.limit - (busy.get(key) ?? 0), passed.get(key)))) {
      for (const key of keys) busy.set(key, (busy.get(key) ?? 0) + 1)
      countPasses(draft, { keys, busy, passed, passesMax })
      grant(draft, claim, own)
      granted.add(claim.claim)
    } else {
      for (const key of keys) joinQueue(passed, key, { index, isFull: claim.overtaken >= passesMax })
    }
  }
  if (granted.size > 0) draft.waiting = draft.waiting.filter((claim) => !granted.has(claim.claim))
}

/** Waiting for its turn, and counted: a parked or paused claim blocks nobody. */
export function isInLine(claim: WaitingClaim): boolean {
  return claim.state === 'waiting' && claim.paused === null
}

/** Earlier claims that want one resource and cannot have all they want, in line order. */
interface Queue {
  readonly indexes: number[]
  /** How many from the front must keep a place: up to the last one that has been passed often enough. */
  reserved: number
}

function passesAllowed(order: LaneOrder): number {
  if (order === 'strict') return 0
  return order === 'eager' ? Number.POSITIVE_INFINITY : order.bounded
}

/** One place must be free beyond those that earlier claims must not lose. */
function mayTake(free: number, queue: Queue | undefined): boolean {
  return free - 1 >= (queue?.reserved ?? 0)
}

function joinQueue(
  passed: Map<string, Queue>,
  key: string,
  claim: { readonly index: number; readonly isFull: boolean },
): void {
  const queue = passed.get(key) ?? { indexes: [], reserved: 0 }
  queue.indexes.push(claim.index)
  if (claim.isFull) queue.reserved = queue.indexes.length
  passed.set(key, queue)
}

/** Every earlier claim that finds fewer places than claims up to itself has been passed once. */
function countPasses(
  draft: Draft,
  turn: {
    readonly keys: readonly string[]
    readonly busy: ReadonlyMap<string, number>
    readonly passed: Map<string, Queue>
    readonly passesMax: number
  },
): void {
  const overtaken = new Set<number>()
  for (const key of turn.keys) {
    const free = draft.definition.limit - (turn.busy.get(key) ?? 0)
    const indexes = turn.passed.get(key)?.indexes ?? []
    for (const index of indexes.slice(Math.max(0, free))) overtaken.add(index)
  }
  for (const index of overtaken) {
    const claim = draft.waiting[index]
    if (claim === undefined) continue
    const next = { ...claim, overtaken: claim.overtaken + 1 }
    draft.waiting[index] = next
    draft.touched.add(claim.claim)
  }
  if (Number.isFinite(turn.passesMax) && overtaken.size > 0) {
    for (const queue of turn.passed.values()) reserve(draft, queue, turn.passesMax)
  }
}

function reserve(draft: Draft, queue: Queue, passesMax: number): void {
  const last = queue.indexes.findLastIndex((index) => (draft.waiting[index]?.overtaken ?? 0) >= passesMax)
  queue.reserved = Math.max(queue.reserved, last + 1)
}

function grant(draft: Draft, claim: WaitingClaim, own: ClaimId | null): void {
  const slots = chooseSlots(draft, claim.resources)
  const token = takeToken(draft, slots)
  const { priority: _p, lastSeen: _l, paused: _w, overtaken: _o, movedByCaptain: _m, ...base } = claim
  const { now, definition } = draft
  const isHeldAtOnce = claim.claim === own || claim.assigned?.isTaken === false
  const held: HeldClaim = {
    ...base,
    state: isHeldAtOnce ? 'held' : 'offered',
    slots,
    token,
    grantedAt: now,
    ttlMs: claim.assigned?.isTaken === false ? claim.assigned.forMs : definition.ttlMs,
    marginMs: definition.marginMs,
    renewedAt: now,
    offeredUntil: isHeldAtOnce ? null : later(now, acceptMsOf(draft, claim)),
    kept: null,
    assigned: claim.assigned === null ? null : { ...claim.assigned, until: later(now, claim.assigned.forMs) },
  }
  draft.holders.push(held)
  noteEffect(draft, isHeldAtOnce ? 'granted' : 'offered', held)
}

export function acceptMsOf(draft: Draft, claim: { readonly attended: boolean }): number {
  const { acceptMs } = draft.definition
  return claim.attended ? Math.min(acceptAttendedMs, acceptMs) : acceptMs
}
