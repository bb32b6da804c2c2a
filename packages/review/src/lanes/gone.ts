import { compareNeeds, slippedText } from '../history.ts'
import { inLane, type LanePair, type Sides, standingOf, underHolders } from '../lane-pair.ts'
import type { Reporter } from '../reporter.ts'
import { slipSeverity } from './triggers.ts'

export function reviewRemoved(name: string, sides: Sides, out: Reporter): void {
  const { before, after, evidence } = sides
  const standing = standingOf(evidence, name)
  const slipped = compareNeeds({
    from: { config: before.config, lane: name },
    to: { config: after.config, lane: null },
    evidence,
  })
  const seesFiles = (before.config.lanes.get(name)?.triggers.paths.length ?? 0) > 0
  const isDanger = standing.mayBeUsed || slipSeverity(slipped) === 'danger'
  out.report('LANE_REMOVED', {
    severity: isDanger ? 'danger' : 'caution',
    message: `lane "${name}" is gone: ${standing.words}${seesFiles ? `; ${slippedText(slipped)}` : ''}`,
    at: ['lanes', name],
    details: [...standing.details, ...slipped.gaps],
    files: slipped.files,
  })
}

/** To the store it is another lane: nothing of the old one reaches it. */
export function reviewRenamed(pair: LanePair, out: Reporter): void {
  if (pair.name === pair.nameBefore) return
  const standing = standingOf(pair.sides.evidence, pair.nameBefore)
  out.report('LANE_RENAMED', {
    severity: underHolders(standing),
    message: `lane "${pair.nameBefore}" is now called "${pair.name}": its holders, its line and its history stay under the old name, and its tokens begin at 1 again; ${standing.words}`,
    ...inLane(pair),
    details: standing.details,
    explains: false,
  })
}
