import { formatDuration } from '@conduct/core'
import type { Action, ApprovalRule } from '@conduct/config'
import { inLane, type LanePair } from '../lane-pair.ts'
import type { Reporter } from '../reporter.ts'
import { isSame, missingFrom, named } from '../words.ts'

/** Who has to agree before something that cannot be undone, and what proves that they did. */
export function reviewApproval(pair: LanePair, out: Reporter): void {
  const { before, after } = pair
  const at = inLane(pair, 'approval')
  if (isSame(before.approval, after.approval)) return
  if (after.approval === null) {
    out.report('APPROVAL_DROPPED', {
      severity: 'danger',
      message: `nothing on lane "${pair.name}" needs an approval any more${carried(after.triggers.actions)}`,
      ...at,
    })
  } else if (before.approval === null) {
    out.report('APPROVAL_REQUIRED', {
      severity: 'info',
      message: `lane "${pair.name}" now needs the approval of ${named(after.approval.by)} before what cannot be undone`,
      ...at,
    })
  } else compareRules({ ...pair, old: before.approval, now: after.approval }, out)
}

function carried(actions: readonly Action[]): string {
  return actions.length === 0 ? '' : `, and it carries ${actions.join(', ')}`
}

type RulePair = LanePair & { readonly old: ApprovalRule; readonly now: ApprovalRule }

function compareRules(pair: RulePair, out: Reporter): void {
  compareActions(pair, out)
  compareApprovers(pair, out)
  compareProof(pair, out)
}

function compareActions(pair: RulePair, out: Reporter): void {
  const free = missingFrom(pair.old.actions, pair.now.actions)
  const bound = missingFrom(pair.now.actions, pair.old.actions)
  const at = inLane(pair, 'approval', 'actions')
  if (free.length > 0) {
    out.report('APPROVAL_NARROWED', {
      severity: 'danger',
      message: `${named(free)} on lane "${pair.name}" ${free.length === 1 ? 'needs' : 'need'} no approval any more`,
      ...at,
    })
  }
  if (bound.length > 0) {
    out.report('APPROVAL_REQUIRED', {
      severity: 'info',
      message: `${named(bound)} on lane "${pair.name}" ${bound.length === 1 ? 'needs' : 'need'} an approval now`,
      ...at,
    })
  }
}

function compareApprovers(pair: RulePair, out: Reporter): void {
  const { old, now, name } = pair
  const added = missingFrom(now.by, old.by)
  const removed = missingFrom(old.by, now.by)
  // Where nobody is named, the captains approve: that is where it was decided.
  const isNamed = pair.after.captains.join('\n') !== now.by.join('\n')
  const at = inLane(pair, ...(isNamed ? ['approval', 'by'] : ['captains']))
  out.explain(inLane(pair, 'approval', 'by').at)
  if (added.length > 0) {
    out.report('APPROVER_ADDED', {
      severity: 'caution',
      message: `${named(added)} may approve what cannot be undone on lane "${name}"`,
      ...at,
    })
  }
  if (removed.length > 0) {
    out.report('APPROVER_REMOVED', {
      severity: 'caution',
      message: `${named(removed)} may no longer approve on lane "${name}", which leaves ${now.by.length === 0 ? 'nobody' : named(now.by)}`,
      ...at,
    })
  }
}

function compareProof(pair: RulePair, out: Reporter): void {
  const { old, now, name } = pair
  if (old.signed && !now.signed && now.via === 'cli') {
    out.report('APPROVAL_WEAKENED', {
      severity: 'danger',
      message: `an approval on lane "${name}" needs no signature any more: whoever can write the store can give it`,
      ...inLane(pair, 'approval', 'signed'),
    })
  }
  if (old.via === 'forge' && now.via === 'cli' && !now.signed) {
    out.report('APPROVAL_WEAKENED', {
      severity: 'danger',
      message: `an approval on lane "${name}" is typed instead of given at the forge: whoever can write the store can give it`,
      ...inLane(pair, 'approval', 'via'),
    })
  }
  if (now.requesterMayApprove && !old.requesterMayApprove) {
    out.report('APPROVAL_WEAKENED', {
      severity: 'danger',
      message: `who asks for an approval on lane "${name}" may give it to themselves`,
      ...inLane(pair, 'approval', 'requesterMayApprove'),
    })
  }
  if (now.expiresMs > old.expiresMs) {
    out.report('APPROVAL_WEAKENED', {
      severity: 'caution',
      message: `an approval on lane "${name}" is good for ${formatDuration(now.expiresMs)} instead of ${formatDuration(old.expiresMs)}`,
      ...inLane(pair, 'approval', 'expiresMs'),
    })
  }
  if (now.whileWaiting === 'hold' && old.whileWaiting === 'park') {
    out.report('APPROVAL_HOLDS', {
      severity: 'caution',
      message: `lane "${name}" stays held while an approval is waited for, and everybody else waits with it`,
      ...inLane(pair, 'approval', 'whileWaiting'),
    })
  }
}
