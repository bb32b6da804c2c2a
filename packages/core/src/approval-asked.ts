import type { ApprovalProof } from './approval.ts'
import type { PlanId } from './brand.ts'

/** What a plan waits for: who may approve it, how, and until when. */
export interface ApprovalAsked {
  readonly planId: PlanId
  readonly planHash: string
  /** Who may. Empty: only who asked for the plan might, and may not approve their own. */
  readonly by: readonly string[]
  readonly proof: ApprovalProof['proof']
  /** Where at the forge it is given; null: on the command line, or nobody could be asked there yet. */
  readonly place: string | null
  /** The plan is valid until then; afterwards it is made anew. */
  readonly until: string
  /** The lane is kept meanwhile, and the run goes on by itself. */
  readonly isHeld: boolean
}

/** `waiting for ana or carl to approve plan 5d0e1a2b`. */
export function askedSentence({ by, planId, proof, place }: ApprovalAsked): string {
  if (by.length === 0)
    return `nobody may approve plan ${planId}: who asked for it may not, and there is nobody else`
  const how =
    proof === 'ssh' ? ' with an SSH signature' : proof === 'forge' ? ` at ${place ?? 'the forge'}` : ''
  return `waiting for ${by.join(' or ')} to approve plan ${planId}${how}`
}

/**
 * Words after `conduct` with which it is approved; null: it is approved at the forge.
 *
 * @param keyFile where the approver's key is, as it is typed; absent: their agent has it.
 */
export function approveWords({ planId, proof }: ApprovalAsked, keyFile?: string): string | null {
  if (proof === 'forge') return null
  const signing = keyFile === undefined ? ' --sign' : ` --sign --key ${keyFile}`
  return `approve ${planId}${proof === 'ssh' ? signing : ''}`
}

/** How to give it, one sentence. */
export function askedHint(asked: ApprovalAsked): string {
  if (asked.by.length === 0) return 'Name a second approver in lanes.yaml, or allow requester_may_approve.'
  const words = approveWords(asked)
  const until = `until ${asked.until}`
  if (words === null) return `Comment there, ${until}: /conduct approve ${asked.planHash}`
  return `Approve it ${until} with: conduct ${words}`
}
