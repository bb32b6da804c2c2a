import type { ClaimBase, LaneDefinition } from '../document.ts'
import type { LaneOperation } from '../operation.ts'
import { type Answer, deny } from './answer.ts'
import { type Draft, noteEffect, replaceHolder, replaceWaiting } from './draft.ts'
import { insertByPriority } from './line.ts'
import { normalise, resourceProblem } from './request.ts'
import { settle } from './settle.ts'
import { covers } from './slots.ts'
import { newWaiting } from './waiting.ts'

type Base = Omit<ClaimBase, 'since'>

export function isCaptain(definition: LaneDefinition, by: string): boolean {
  return definition.captains.includes(by)
}

/** A captain gives the lane, or the first place in its line, to a holder by name. */
export function assign(draft: Draft, operation: Extract<LaneOperation, { kind: 'assign' }>): Answer {
  if (!isCaptain(draft.definition, operation.by)) return notCaptain(draft.definition, operation.by)
  const base = { ...normalise(operation.base), attended: false, process: null }
  const problem = resourceProblem(draft.definition, base.resources)
  if (problem !== null) return { kind: 'refused', ...problem, blockers: [] }
  if ([...draft.holders, ...draft.waiting, ...draft.ended].some((claim) => claim.claim === base.claim)) {
    return { standing: base.claim }
  }
  const assigned = { by: operation.by, forMs: operation.forMs, until: null, isTaken: false }
  insertByPriority(draft.waiting, { ...newWaiting(draft, base, 1), movedByCaptain: true, assigned })
  draft.isSettled = false
  settle(draft, null)
  const isWaiting = draft.waiting.some((waiting) => waiting.claim === base.claim)
  if (isWaiting) noteEffect(draft, 'assigned', { claim: base.claim, resources: base.resources })
  return { standing: base.claim }
}

/** The holder it was assigned to asks for it: from here on it is proved by that holder's secret. */
export function takeAssigned(draft: Draft, base: Base): Answer | null {
  const isMine = (claim: Parameters<typeof isFor>[0]): boolean => isFor(claim, base)
  const { claim: _claim, resources: _resources, ...who } = base
  const held = draft.holders.find(isMine)
  if (held !== undefined && held.assigned !== null) {
    const { ttlMs, marginMs } = draft.definition
    const assigned = { ...held.assigned, isTaken: true }
    replaceHolder(draft, { ...held, ...who, assigned, renewedAt: draft.now, ttlMs, marginMs })
    noteEffect(draft, 'accepted', held)
    return { standing: held.claim }
  }
  const waiting = draft.waiting.find(isMine)
  if (waiting === undefined || waiting.assigned === null) return null
  const assigned = { ...waiting.assigned, isTaken: true }
  replaceWaiting(draft, { ...waiting, ...who, assigned, lastSeen: draft.now })
  noteEffect(draft, 'queued', { claim: waiting.claim, resources: waiting.resources })
  return { standing: waiting.claim }
}

export function notCaptain(definition: LaneDefinition, by: string): Answer {
  const captains = definition.captains.length === 0 ? 'it has none' : definition.captains.join(', ')
  return deny('not_captain', `${by} is no captain of this lane (${captains})`)
}

function isFor(
  claim: Pick<ClaimBase, 'holder' | 'person' | 'resources'> & {
    readonly assigned: { readonly isTaken: boolean } | null
  },
  base: Base,
): boolean {
  if (claim.assigned === null || claim.assigned.isTaken || !covers(claim, base.resources)) return false
  const isPerson = base.person !== null && (claim.person === base.person || claim.holder === base.person)
  return claim.holder === base.holder || isPerson
}
