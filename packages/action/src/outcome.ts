import { type Failure, failureIn, type HeldBy, holderIn, textIn } from './read-document.ts'
import type { Ended } from './start-conduct.ts'

/** What asking for a lane came to. */
export type LaneOutcome =
  | { readonly outcome: 'acquired'; readonly token: string; readonly expiresAt: string }
  | {
      readonly outcome: 'held_by_other'
      readonly heldBy: HeldBy
      /** `when_held: skip`: the job goes on without what the lane is for. */
      readonly isStepAside: boolean
      /** A place in line is left, which nobody will come back for. */
      readonly isQueued: boolean
    }
  /** There is no store, or none that answers, and lanes.yaml lets the work go on. */
  | { readonly outcome: 'store_disabled'; readonly failure: Failure }
  | { readonly outcome: 'error'; readonly failure: Failure }

const unread: Failure = {
  code: 'NO_ANSWER',
  message: 'conduct gave an answer that is not known here',
  hint: '',
}

/** Of `lane acquire` and `exec`, whose documents say it in the same words. */
export function laneOutcome({ document }: Pick<Ended, 'document'>): LaneOutcome {
  const said = textIn(document, 'outcome')
  const failure = failureIn(document)
  if (said === 'granted' && failure === null) {
    return {
      outcome: 'acquired',
      token: textIn(document, 'token'),
      expiresAt: textIn(document, 'expires_at'),
    }
  }
  const heldBy = holderIn(document)
  if ((said === 'skipped' || said === 'queued' || said === 'refused') && heldBy !== null) {
    return { outcome: 'held_by_other', heldBy, isStepAside: said === 'skipped', isQueued: said === 'queued' }
  }
  if (said === 'skipped' || said === 'queued' || said === 'refused') {
    const why = textIn(document, 'reason')
    return { outcome: 'error', failure: { code: `LANE_${said.toUpperCase()}`, message: why, hint: '' } }
  }
  if (said === 'store_disabled' || said === 'store_unreachable') {
    const code = said === 'store_disabled' ? 'STORE_DISABLED' : 'STORE_UNREACHABLE'
    return { outcome: 'store_disabled', failure: { code, message: `the ${storeWords(code)}`, hint: '' } }
  }
  if (failure !== null && document['may_proceed'] === true) return { outcome: 'store_disabled', failure }
  return { outcome: 'error', failure: failure ?? unread }
}

export function storeWords(code: string): string {
  return code === 'STORE_DISABLED' ? 'store is disabled in this job' : 'store could not be reached'
}

/** The outputs that both have. */
export function outputsOf(outcome: LaneOutcome, holder: string): Readonly<Record<string, string>> {
  const heldBy = outcome.outcome === 'held_by_other' ? outcome.heldBy : null
  return {
    outcome: outcome.outcome,
    holder,
    token: outcome.outcome === 'acquired' ? outcome.token : '',
    held_by: heldBy?.name ?? '',
    held_since: heldBy?.since ?? '',
    held_for: heldBy?.task ?? '',
    error: 'failure' in outcome ? outcome.failure.code : '',
  }
}
