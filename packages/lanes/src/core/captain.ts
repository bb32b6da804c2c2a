import { canonicalJson } from '@conduct/core'
import type { LaneDefinition, Pause } from '../document.ts'
import type { LaneOperation } from '../operation.ts'
import { type Answer, deny, howItEnded } from './answer.ts'
import { isCaptain, notCaptain } from './assign.ts'
import { type Draft, endHolder, noteEffect, replaceWaiting } from './draft.ts'
import { quiet } from './recover.ts'
import { raiseCounter, resourceOf } from './slots.ts'
import { leaveNote } from './sweep.ts'
import { later } from './time.ts'

type Operation<Kind extends LaneOperation['kind']> = Extract<LaneOperation, { kind: Kind }>

/** Who applies a definition without being a captain: CI on the main branch. Its caller has checked that. */
const ciSurface = 'action:'

export function move(draft: Draft, operation: Operation<'move'>): Answer {
  if (!isCaptain(draft.definition, operation.by)) return notCaptain(draft.definition, operation.by)
  const mine = draft.waiting.find((waiting) => waiting.claim === operation.claim)
  if (mine === undefined) return notInLine(draft, operation.claim)
  if (operation.before === operation.claim) return { kind: 'unchanged' }
  const others = draft.waiting.filter((waiting) => waiting !== mine)
  const index =
    operation.before === null ? 0 : others.findIndex((waiting) => waiting.claim === operation.before)
  if (index === -1) return notInLine(draft, operation.before ?? operation.claim)
  const priority = Math.max(others[index]?.priority ?? 0, operation.before === null ? mine.priority : 0)
  others.splice(index, 0, { ...mine, priority, movedByCaptain: true })
  draft.waiting = others
  noteEffect(draft, 'moved', { claim: mine.claim, resources: mine.resources })
  draft.isSettled = false
  return { kind: 'done' }
}

/** A paused lane grants nothing; a paused claim keeps its place and blocks nobody. Who holds goes on. */
export function pause(draft: Draft, operation: Operation<'pause'>): Answer {
  if (!isCaptain(draft.definition, operation.by)) return notCaptain(draft.definition, operation.by)
  const { now } = draft
  const until = operation.forMs === null ? null : later(now, operation.forMs)
  const paused: Pause = { by: operation.by, reason: operation.reason, at: now, until }
  return setPause(draft, operation.claim, paused)
}

export function unpause(draft: Draft, operation: Operation<'unpause'>): Answer {
  if (!isCaptain(draft.definition, operation.by)) return notCaptain(draft.definition, operation.by)
  return setPause(draft, operation.claim, null)
}

function setPause(draft: Draft, claim: Operation<'pause'>['claim'], paused: Pause | null): Answer {
  if (claim === null) {
    if (paused === null && draft.paused === null) return { kind: 'unchanged' }
    draft.paused = paused
    draft.isSettled = false
    return { kind: 'done' }
  }
  const mine = draft.waiting.find((waiting) => waiting.claim === claim)
  if (mine === undefined) return notInLine(draft, claim)
  if (paused === null && mine.paused === null) return { kind: 'unchanged' }
  replaceWaiting(draft, { ...mine, paused })
  noteEffect(draft, paused === null ? 'unpaused' : 'paused', { claim, resources: mine.resources })
  draft.isSettled = false
  return { kind: 'done' }
}

/**
 * Replaces the definition under whoever holds and waits. Nobody is sent away: leases keep their ttl and margin, those
 * in line keep their place, and those who hold beyond a lowered limit hold until they release.
 */
export function apply(draft: Draft, operation: Operation<'apply'>): Answer {
  const { definition } = operation
  const isNew = draft.before.history.seq === 0
  const mayApply = isNew || isCaptain(draft.definition, operation.by) || operation.by.startsWith(ciSurface)
  if (!mayApply) return notCaptain(draft.definition, operation.by)
  const problem = definitionProblem(definition)
  if (problem !== null) return deny('bad_definition', problem)
  if (!isNew && canonicalJson(definition) === canonicalJson(draft.definition)) return { kind: 'unchanged' }
  const { scope, limit, waitingTtlMs } = draft.definition
  // Resources get another meaning: every later token must exceed every earlier one, whatever it was for.
  if (scope !== definition.scope && Object.keys(draft.counters).length > 0) draft.epoch += 1
  if (limit !== definition.limit) levelCounters(draft)
  if (definition.waitingTtlMs < waitingTtlMs) markAllSeen(draft)
  draft.definition = { ...definition }
  draft.isSettled = false
  return { kind: 'done' }
}

/** Slots come or go: the next token of any slot of a resource exceeds those of all its slots so far. */
function levelCounters(draft: Draft): void {
  const highest = new Map<string, number>()
  for (const [slot, token] of Object.entries(draft.counters)) {
    const resource = resourceOf(slot)
    highest.set(resource, Math.max(highest.get(resource) ?? 0, token))
  }
  for (const [slot, token] of Object.entries(draft.counters)) {
    const level = highest.get(resourceOf(slot)) ?? token
    if (level > token) raiseCounter(draft, slot, level)
  }
}

/** Signs of life were written as rarely as the longer ttl allowed. */
function markAllSeen(draft: Draft): void {
  draft.waiting = draft.waiting.map((waiting) => ({ ...waiting, lastSeen: draft.now }))
}

/** Ends a lease against its holder's will; the next grant waits until it acknowledged or takeover delay is over. */
export function forceRelease(draft: Draft, operation: Operation<'force_release'>): Answer {
  if (!isCaptain(draft.definition, operation.by)) return notCaptain(draft.definition, operation.by)
  const carriers = draft.holders.filter(
    (held) =>
      held.token === operation.token && (operation.claim === undefined || held.claim === operation.claim),
  )
  const [held] = carriers
  if (held === undefined) return deny('stale_token', `no current claim carries token ${operation.token}`)
  if (carriers.length > 1) {
    const claims = carriers.map((carrier) => carrier.claim).join(', ')
    return deny('ambiguous_token', `several claims carry token ${operation.token}: ${claims}`)
  }
  for (const slot of held.slots) raiseCounter(draft, slot, held.token + 1)
  if (held.state === 'held') {
    quiet(draft, held)
    leaveNote(draft, held)
  }
  endHolder(draft, held, 'forced', `${operation.by}: ${operation.reason}`)
  return { kind: 'done' }
}

/** The forced holder says it has stopped. */
export function acknowledgeForced(draft: Draft, operation: Operation<'acknowledge_forced'>): Answer {
  const mine = draft.cooling.filter((cooling) => cooling.claim === operation.claim)
  if (mine.length === 0) return { kind: 'unchanged' }
  if (mine.some((cooling) => cooling.secretHash !== operation.secretHash)) {
    return deny('wrong_secret', `the secret does not prove claim ${operation.claim}`)
  }
  draft.cooling = draft.cooling.filter((cooling) => cooling.claim !== operation.claim)
  const resources = mine.map((cooling) => cooling.resource)
  noteEffect(draft, 'acknowledged', { claim: operation.claim, resources })
  draft.isSettled = false
  return { kind: 'done' }
}

function notInLine(draft: Draft, claim: Operation<'leave'>['claim']): Answer {
  const isHeld = draft.holders.some((held) => held.claim === claim)
  return isHeld ? deny('not_found', `${claim} holds and is not in line`) : howItEnded(draft, claim)
}

function definitionProblem(definition: LaneDefinition): string | null {
  if (!Number.isSafeInteger(definition.limit) || definition.limit < 1) return 'limit must be 1 or more'
  if (definition.renewMs * 3 + definition.marginMs >= definition.ttlMs)
    return 'renew × 3 + margin must be below ttl'
  return null
}
