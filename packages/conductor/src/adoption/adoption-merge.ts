import { ConductError, type CommitId } from '@conduct/core'
import type { PullRequest } from '@conduct/forge'
import type { ConsumerJourney } from '../journey.ts'
import { intendedCommits } from '../journal/begun.ts'
import type { Facts } from '../journal/journal-record.ts'
import type { AdoptFacts } from '../journal/outcomes.ts'
import type { Observation } from '../step.ts'
import { stepId } from '../step-id.ts'
import { commitTree } from '../survey/commit-tree.ts'
import type { Opened } from './await-conditions.ts'
import { isShown } from './merge-shown.ts'
import type { Merge } from './merge-steps.ts'
import { type Adoption, adoptFacts } from './observe-main.ts'
import { lockfileProblem } from './prove-lockfile.ts'

/** The merge of an adoption: main's lockfile has to hold what was wanted. */
export function adoptionMerge(
  traveller: ConsumerJourney,
  { adoption, opened }: { readonly adoption: Adoption; readonly opened: Opened },
): Merge {
  const { name, consumer } = traveller
  const { number } = opened
  const packages = adoption.wanted.map((one) => `${one.name}@${one.version}`).join(', ')
  return {
    ...opened,
    merge: {
      id: stepId.adopt(name),
      phase: 'adopt',
      kind: 'adopt',
      action: `adopt ${packages} in ${name} (${adoption.adopter.manager}, pull request ${number})`,
    },
    enqueue: {
      id: stepId.enqueue(name),
      phase: 'adopt',
      kind: 'enqueue',
      action: `put pull request ${number} into the merge queue of ${consumer.main} of ${name}`,
    },
    observeMerged: (pullRequest) => observeMerged(traveller, { adoption, pullRequest }),
  }
}

/** The commit that main got, by merge, squash or rebase; what counts is the lockfile at it. */
async function observeMerged(
  traveller: ConsumerJourney,
  { adoption, pullRequest }: { readonly adoption: Adoption; readonly pullRequest: PullRequest },
): Promise<Observation> {
  const { consumer, name } = traveller
  const merged = pullRequest.mergeCommit
  if (merged === null || !(await isShown(traveller, merged))) {
    return {
      state: 'unknown',
      evidence: `${pullRequest.url} is merged as ${merged ?? 'nothing yet'}, which ${consumer.main} of ${name} does not show`,
    }
  }
  const tree = commitTree(consumer.mirror, merged)
  for (const one of adoption.wanted) {
    const locked = await adoption.adopter.read(tree, one.name)
    const problem = lockfileProblem(locked, one, await adoption.adopter.read(consumer.tree, one.name))
    if (problem === null) continue
    const evidence = `${name}: ${pullRequest.url} was merged as ${merged}, and ${problem}`
    return { state: 'other', evidence, error: new ConductError('ADOPT_NOT_PROVED', evidence) }
  }
  return {
    state: 'goal',
    evidence: `${pullRequest.url} is merged: ${consumer.main} of ${name} has ${merged}`,
    facts: { ...mergedFacts(traveller, { adoption, url: pullRequest.url, merged }) },
  }
}

/** What was proposed, as it stands on main now. */
function mergedFacts(
  traveller: ConsumerJourney,
  { adoption, url, merged }: { readonly adoption: Adoption; readonly url: string; readonly merged: CommitId },
): Facts {
  const { journey, name } = traveller
  const proposed = intendedCommits(journey.journal.records(), stepId.propose(name)).at(-1)
  const { adopted } = (proposed?.facts ?? adoptFacts(traveller, adoption, merged)) as unknown as AdoptFacts
  return {
    sha: merged,
    commit: merged,
    adopted: adopted.map((one) => ({ ...one, commit: merged, pullRequest: url })),
  }
}
