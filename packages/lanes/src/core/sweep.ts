import type { ClaimId } from '@conduct/core'
import type { Cooling, HeldClaim, LaneNote, Pause, WaitingClaim } from '../document.ts'
import type { StoreTime } from '../store.ts'
import { type Draft, endHolder, endUnheld, isLapsed, noteEffect } from './draft.ts'
import { deadReason } from './ended-holds.ts'
import { acceptMsOf } from './settle.ts'
import { elapsedMs, isReached, later, type Watch } from './time.ts'

/** A parked place has no process that could be seen; it may stay so many times longer than a waiter. */
const parkedTtlFactor = 30

/**
 * Ends what time has ended: leases after ttl + margin, offers nobody accepted, waiters nobody saw, quiet times and
 * pauses that are over. Runs before every operation.
 */
export function sweep(draft: Draft): void {
  if (draft.watch.firstSeenMs === undefined) rebase(draft)
  const { watch } = draft
  for (const held of draft.holders) {
    if (held.offeredUntil !== null) {
      if (isOfferOver(held, watch)) endHolder(draft, held, 'expired', 'the offered turn was not accepted')
    } else if (isLapsed(held, watch)) {
      leaveNote(draft, held)
      endHolder(draft, held, 'lapsed', 'not renewed for ttl + margin')
    }
  }
  expireUnseen(draft)
  if (draft.cooling.some((cooling) => isQuietOver(cooling, watch))) {
    draft.cooling = draft.cooling.filter((cooling) => !isQuietOver(cooling, watch))
    draft.isSettled = false
  }
  endPauses(draft)
}

/** An offer nobody accepted in time; false for a lease. */
export function isOfferOver(held: HeldClaim, watch: Watch): boolean {
  const { offeredUntil, grantedAt } = held
  return offeredUntil !== null && isReached(offeredUntil, watch, offeredUntil.ms - grantedAt.ms)
}

export function isQuietOver(cooling: Cooling, watch: Watch): boolean {
  return isReached(cooling.until, watch, cooling.delayMs)
}

export function isPauseOver(pause: Pause | null, watch: Watch): boolean {
  const until = pause?.until ?? null
  return pause !== null && until !== null && isReached(until, watch, until.ms - pause.at.ms)
}

/**
 * Attended holders whose processes were proved dead on their own host lose their lease at once. Never a kept one:
 * its run did something irreversible, and only its own resume or the lapse takes it.
 */
export function takeFromTheDead(draft: Draft, provedDead: readonly ClaimId[]): void {
  for (const claim of provedDead) {
    const held = draft.holders.find((holder) => holder.claim === claim)
    if (held === undefined || !isProvablyMortal(held) || held.kept !== null) continue
    if (held.state === 'offered') endHolder(draft, held, 'expired', deadReason)
    else endHolder(draft, held, 'lapsed', deadReason)
  }
}

function expireUnseen(draft: Draft): void {
  const { watch, definition } = draft
  const isUnseen = (waiting: WaitingClaim): boolean => {
    const ttlMs = definition.waitingTtlMs * (waiting.state === 'parked' ? parkedTtlFactor : 1)
    return elapsedMs(waiting.lastSeen, watch) >= ttlMs
  }
  const unseen = draft.waiting.filter(isUnseen)
  if (unseen.length === 0) return
  draft.waiting = draft.waiting.filter((waiting) => !isUnseen(waiting))
  draft.isSettled = false
  for (const waiting of unseen) endUnheld(draft, waiting, 'expired', 'not seen for the waiting ttl')
}

/** Only an attended claim lives and dies with a process. */
export function isProvablyMortal(held: HeldClaim): boolean {
  return held.attended && held.process !== null
}

/** What stays when a kept lease ends without its run: the next conductor has to acknowledge it. */
export function leaveNote(draft: Draft, held: HeldClaim): void {
  if (held.kept === null || held.run === null) return
  putNote(draft, { run: held.run, text: held.kept.reason, by: held.holder, at: draft.now })
}

/** One note per run, the latest. */
export function putNote(draft: Draft, note: LaneNote): void {
  draft.notes = [...draft.notes.filter((known) => known.run !== note.run), note]
}

function endPauses(draft: Draft): void {
  if (isPauseOver(draft.paused, draft.watch)) {
    draft.paused = null
    draft.isSettled = false
  }
  for (const [index, waiting] of draft.waiting.entries()) {
    if (!isPauseOver(waiting.paused, draft.watch)) continue
    draft.waiting[index] = { ...waiting, paused: null }
    noteEffect(draft, 'unpaused', waiting)
    draft.isSettled = false
  }
}

/**
 * Times of another era (another boot of the host) say nothing about now, where nobody observed them. What waits for
 * time to pass starts over with its full length at the first decision of the new era: late, never early.
 */
function rebase(draft: Draft): void {
  const { now } = draft
  const isOld = (time: StoreTime | null): time is StoreTime => time !== null && time.era !== now.era
  for (const [index, held] of draft.holders.entries()) {
    const until = held.assigned?.until ?? null
    if (!isOld(held.renewedAt) && !isOld(held.offeredUntil) && !isOld(until)) continue
    draft.isRenewed = true
    const isOffer = isOld(held.offeredUntil)
    if (isOffer || isOld(until)) draft.touched.add(held.claim)
    draft.holders[index] = {
      ...held,
      renewedAt: now,
      ...(isOffer ? { offeredUntil: later(now, acceptMsOf(draft, held)) } : {}),
      ...(isOld(until) && held.assigned !== null
        ? { assigned: { ...held.assigned, until: later(now, held.assigned.forMs) } }
        : {}),
    }
  }
  for (const [index, waiting] of draft.waiting.entries()) {
    const isPauseOld = isOld(waiting.paused?.until ?? null)
    if (!isOld(waiting.lastSeen) && !isPauseOld) continue
    draft.isRenewed = true
    if (isPauseOld) draft.touched.add(waiting.claim)
    draft.waiting[index] = {
      ...waiting,
      lastSeen: now,
      paused: isPauseOld ? rebasePause(waiting.paused, now) : waiting.paused,
    }
  }
  if (isOld(draft.paused?.until ?? null)) draft.paused = rebasePause(draft.paused, now)
  if (draft.cooling.some((cooling) => isOld(cooling.until))) {
    draft.cooling = draft.cooling.map((cooling) =>
      isOld(cooling.until) ? { ...cooling, until: later(now, cooling.delayMs) } : cooling,
    )
  }
}

function rebasePause(pause: Pause | null, now: StoreTime): Pause | null {
  if (pause === null || pause.until === null) return pause
  return { ...pause, at: now, until: later(now, Math.max(0, pause.until.ms - pause.at.ms)) }
}
