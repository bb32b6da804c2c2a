import { inLane, type LanePair } from '../lane-pair.ts'
import type { Reporter } from '../reporter.ts'
import { isSame, missingFrom, named, shown } from '../words.ts'
import { reviewSignOff } from './added.ts'

/** What happens without a store, why the lane exists, and how its turns are filled. */
export function reviewPolicy(pair: LanePair, out: Reporter): void {
  const { before, after, name } = pair
  if (before.storePolicy !== after.storePolicy) {
    const isOpen = after.storePolicy === 'open'
    out.report(isOpen ? 'STORE_POLICY_OPENED' : 'STORE_POLICY_CLOSED', {
      severity: isOpen ? 'danger' : 'info',
      message: isOpen
        ? `while the store cannot be reached, work that needs lane "${name}" goes on, by as many at once as there are`
        : `while the store cannot be reached, work that needs lane "${name}" is refused`,
      ...inLane(pair, 'storePolicy'),
    })
  }
  reviewJustification(pair, out)
  reviewBatching(pair, out)
  // It tells people why; nothing is decided by it.
  out.explain(inLane(pair, 'purpose').at)
}

function reviewJustification(pair: LanePair, out: Reporter): void {
  const { before, after, name } = pair
  const [old, now] = [before.justification, after.justification]
  if (isSame(old, now)) return
  const at = inLane(pair, 'justification')
  const dropped = missingFrom(old?.incidents ?? [], now?.incidents ?? [])
  const isLess = now === null || dropped.length > 0 || (old?.irreversible === true && !now.irreversible)
  out.report('JUSTIFICATION_CHANGED', {
    severity: isLess ? 'caution' : 'info',
    message:
      now === null
        ? `lane "${name}" no longer says why it exists`
        : dropped.length > 0
          ? `lane "${name}" no longer rests on ${named(dropped)}`
          : `lane "${name}" says in other words why it exists`,
    ...at,
  })
  if (now !== null && old?.signedOffBy !== now.signedOffBy) {
    reviewSignOff({ name, lane: after, evidence: pair.sides.evidence, severity: 'caution' }, out)
  }
}

function reviewBatching(pair: LanePair, out: Reporter): void {
  const { before, after, name } = pair
  const [old, now] = [before.batching, after.batching]
  if (old === null || isSame(old, now)) return
  if (now === null) {
    out.report('BATCHING_CHANGED', {
      severity: 'caution',
      message: `schema changes on lane "${name}" are no longer batched: each takes a turn of its own`,
      ...inLane(pair, 'batching'),
    })
    return
  }
  if (old.verify !== null && now.verify === null) {
    out.report('BATCHING_CHANGED', {
      severity: 'danger',
      message: `a batch of lane "${name}" is no longer tried on a scratch database by ${shown('verify', old.verify)}`,
      ...inLane(pair, 'batching', 'verify'),
    })
  }
  for (const key of ['maxChanges', 'riskPerTurn'] as const) {
    if (now[key] <= old[key]) continue
    out.report('BATCHING_CHANGED', {
      severity: 'caution',
      message: `a turn of lane "${name}" may carry ${key === 'maxChanges' ? `${now[key]} changes` : `a risk of ${now[key]}`} instead of ${old[key]}`,
      ...inLane(pair, 'batching', key),
    })
  }
}
