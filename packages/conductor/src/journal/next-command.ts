import type { ApprovalAsked, RunId, RunRecord, RunState, RunStop } from '@conduct/core'
import { approveWords, assertNever, waitsAtRegistry } from '@conduct/core'

/** What a command that is printed is made of, besides its own words. */
export interface Typing {
  /** `conduct` as it was launched. */
  readonly launcher: string
  /** As `ConductorOptions.keyFile`. */
  readonly keyFile?: string
}

/** Of a run, as far as its journal tells. */
interface Standing {
  readonly state: RunState
  readonly asked: ApprovalAsked | null
  readonly stop: RunStop | null
  /** Words of conduct that go on, as the stop names them; and what somebody has to do before. */
  readonly next: string | null
  readonly first: string | null
  readonly undone: RunRecord['undone']
}

interface NextOptions extends Typing {
  readonly run: RunId
  readonly folded: Standing
}

/** What to type next, or null where nothing is left to do. */
export function nextCommand(options: NextOptions): string | null {
  const { run, folded, launcher } = options
  switch (folded.state) {
    case 'done':
    case 'aborted':
    case 'compensated':
      return null
    case 'waiting_approval':
      // The plan was approved; it is the registry that waits for a person.
      if (waitsAtRegistry(folded.stop)) return stoppedCommand(folded, launcher)
      return approvalCommand(options)
    case 'stopped':
      return lacksApproval(folded) ? approvalCommand(options) : stoppedCommand(folded, launcher)
    case 'waiting_lane':
      return folded.next === null ? `${launcher} resume ${run} --wait` : `${launcher} ${folded.next}`
    case 'running':
    case 'waiting_merge':
      return folded.undone === 'begun' ? `${launcher} compensate ${run} --yes` : `${launcher} resume ${run}`
    default:
      return assertNever(folded.state)
  }
}

/** Part-way, a new plan needs its approval too: the run then is stopped, not only waiting. */
export function lacksApproval({ state, stop }: Pick<Standing, 'state' | 'stop'>): boolean {
  return state === 'waiting_approval' || (state === 'stopped' && stop?.code === 'APPROVAL_MISSING')
}

function stoppedCommand({ next, first }: Standing, launcher: string): string | null {
  if (next === null) return first
  return first === null ? `${launcher} ${next}` : `${first} && ${launcher} ${next}`
}

function approvalCommand({ run, folded, launcher, keyFile }: NextOptions): string {
  const { asked } = folded
  const resume = `${launcher} resume ${run}`
  const words = asked === null ? null : approveWords(asked, keyFile)
  if (words === null) return resume
  // A run that keeps its lane meanwhile goes on by itself.
  const isHeld = folded.state === 'waiting_approval' && asked?.isHeld === true
  return isHeld ? `${launcher} ${words}` : `${launcher} ${words} && ${resume}`
}
