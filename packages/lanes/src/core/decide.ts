import { assertNever } from '@conduct/core'
import type { LaneDocument } from '../document.ts'
import type { DecisionContext, LaneOperation, LaneResult } from '../operation.ts'
import type { Decision } from '../store.ts'
import { acquire } from './acquire.ts'
import { type Answer, deny, standingOf } from './answer.ts'
import { assign } from './assign.ts'
import { acknowledgeForced, apply, forceRelease, move, pause, unpause } from './captain.ts'
import { conclude } from './conclude.ts'
import { createDocument } from './create-document.ts'
import { type Draft, openDraft } from './draft.ts'
import { makeRecord } from './history.ts'
import { accept, keep, park, release, renew } from './holding.ts'
import { importLane, seal, unseal } from './moving.ts'
import { proceeded } from './proceeded.ts'
import { recover } from './recover.ts'
import { settle } from './settle.ts'
import { putNote, sweep, takeFromTheDead } from './sweep.ts'
import { leave, seen } from './waiting.ts'

/**
 * The whole engine: one operation on one lane, without any effect. What time has ended is swept first, then the
 * operation acts, then everything free goes to whoever is next; all of it is one write.
 *
 * A refusal, a denial and "unchanged" are answers. Nothing is written when nothing changed.
 */
export function decide(
  document: LaneDocument | null,
  operation: LaneOperation,
  context: DecisionContext,
): Decision<LaneDocument, LaneResult> {
  const known = document ?? createDocument(context.lane, context.definition)
  if (known.moved?.kind === 'to' && !isAboutMoving(operation)) {
    return { result: deny('moved', known.moved.address) }
  }
  // After the store went back, what the document says about time and about the log is not true any more.
  const isRestart = operation.kind === 'recover'
  const before = isRestart ? { ...known, history: operation.after } : known
  const draft = openDraft(before, context)
  if (!isRestart) sweep(draft)
  const answer = operate(draft, operation)
  const isStanding = 'standing' in answer
  settle(draft, isStanding && operation.kind === 'acquire' ? answer.standing : null)
  const result = isStanding ? standingOf(draft, answer.standing) : answer
  return finish(draft, operation, { context, result })
}

function operate(draft: Draft, operation: LaneOperation): Answer {
  switch (operation.kind) {
    case 'acquire':
      return acquire(draft, operation)
    case 'accept':
      return accept(draft, operation)
    case 'renew':
      return renew(draft, operation)
    case 'release':
      return release(draft, operation)
    case 'leave':
      return leave(draft, operation)
    case 'seen':
      takeFromTheDead(draft, operation.provedDead)
      // A waiter's look always asks who is next, so that a turn forgotten by whatever wrote before is given.
      draft.isSettled = false
      return seen(draft, operation)
    case 'keep':
      return keep(draft, operation)
    case 'conclude':
      return conclude(draft, operation)
    case 'park':
      return park(draft, operation)
    case 'acknowledge_forced':
      return acknowledgeForced(draft, operation)
    case 'move':
      return move(draft, operation)
    case 'pause':
      return pause(draft, operation)
    case 'unpause':
      return unpause(draft, operation)
    case 'assign':
      return assign(draft, operation)
    case 'apply':
      return apply(draft, operation)
    case 'force_release':
      return forceRelease(draft, operation)
    case 'note':
      putNote(draft, { run: operation.run, text: operation.text, by: operation.by, at: draft.now })
      return { kind: 'done' }
    case 'clear_note':
      if (!draft.notes.some((note) => note.run === operation.run)) return { kind: 'unchanged' }
      draft.notes = draft.notes.filter((note) => note.run !== operation.run)
      return { kind: 'done' }
    case 'proceeded':
      return proceeded(draft, operation)
    case 'recover':
      return recover(draft, operation)
    case 'seal':
      return seal(draft, operation)
    case 'unseal':
      return unseal(draft, operation)
    case 'import':
      return importLane(draft, operation)
    default:
      return assertNever(operation)
  }
}

function isAboutMoving({ kind }: LaneOperation): boolean {
  return kind === 'seal' || kind === 'unseal' || kind === 'import' || kind === 'recover'
}

function finish(
  draft: Draft,
  operation: LaneOperation,
  { context, result }: { readonly context: DecisionContext; readonly result: LaneResult },
): Decision<LaneDocument, LaneResult> {
  const { definition, epoch, counters, holders, waiting, ended, paused, cooling, notes, moved } = draft
  const { triggers, proceeded: wentOn } = draft
  const changed = { definition, epoch, counters, holders, waiting, ended, paused, cooling, notes }
  const next: LaneDocument = {
    ...draft.before,
    ...changed,
    ...(moved === undefined ? {} : { moved }),
    ...(triggers === undefined ? {} : { triggers }),
    ...(wentOn === undefined ? {} : { proceeded: wentOn }),
    writes: (draft.before.writes ?? 0) + 1,
    nonce: context.nonce,
  }
  const recorded = makeRecord(draft, operation, next)
  const unwatched = hasWaiters(draft.before) || hasWaiters(next) ? {} : { isUnwatched: true }
  if (recorded === null) return draft.isRenewed ? { write: next, ...unwatched, result } : { result }
  const restart = operation.kind === 'recover' ? { isRestart: true } : {}
  const { head, entry } = recorded
  return { write: { ...next, history: head }, append: [entry], ...restart, ...unwatched, result }
}

/** Somebody stands in line, or has a turn to take. */
function hasWaiters({ waiting, holders }: LaneDocument): boolean {
  return waiting.length > 0 || holders.some((held) => held.state === 'offered')
}
