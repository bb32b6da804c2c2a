/**
 * What a change to lanes.yaml means for those who work under it: consequences, not lines.
 *
 * Promises: pure; it compares what is in force (defaults, presets and aliases resolved), so that a change which changes nothing has
 * no finding and every other has one; what could not be asked is said, never guessed. Left to others: reading the two files,
 * asking git, the store and the forge (`questionsFor` says about what).
 */
import { reviewEstate } from './estate.ts'
import type { Evidence } from './evidence.ts'
import type { ReviewFinding } from './finding.ts'
import { type LanePair, pairLanes } from './lane-pair.ts'
import { reviewAdded } from './lanes/added.ts'
import { reviewApproval } from './lanes/approval.ts'
import { reviewDefinition } from './lanes/definition.ts'
import { reviewRemoved, reviewRenamed } from './lanes/gone.ts'
import { reviewPeople } from './lanes/people.ts'
import { reviewPolicy } from './lanes/policy.ts'
import { reviewTriggers } from './lanes/triggers.ts'
import { reviewOthers } from './others.ts'
import { reviewPersons, reviewRepos } from './people-and-repos.ts'
import { makeReporter, type Reporter } from './reporter.ts'
import type { Revision } from './revision.ts'
import { reviewAdded as reviewAddedTrain, reviewTrains } from './trains/train.ts'

/** @param before null: there was no lanes.yaml. */
export function review(
  before: Revision | null,
  after: Revision,
  evidence: Evidence,
): readonly ReviewFinding[] {
  const out = makeReporter(before, after)
  if (before === null) {
    for (const [name, lane] of after.config.lanes) reviewAdded(name, lane, { before, after, evidence }, out)
    for (const [name, train] of after.config.trains) reviewAddedTrain(name, train, out)
    return out.findings()
  }
  const sides = { before, after, evidence }
  const lanes = pairLanes(sides)
  for (const name of lanes.added) {
    const lane = after.config.lanes.get(name)
    if (lane !== undefined) reviewAdded(name, lane, sides, out)
  }
  for (const name of lanes.removed) reviewRemoved(name, sides, out)
  for (const pair of lanes.pairs) reviewLane(pair, out)
  reviewTrains(sides, out)
  reviewPersons(sides, out)
  reviewRepos(sides, out)
  reviewEstate(sides, out)
  reviewOthers({ before: before.config, after: after.config }, lanes, out)
  return out.findings()
}

function reviewLane(pair: LanePair, out: Reporter): void {
  reviewRenamed(pair, out)
  reviewTriggers(pair, out)
  reviewDefinition(pair, out)
  reviewPeople(pair, out)
  reviewApproval(pair, out)
  reviewPolicy(pair, out)
}
