import type { CommitId } from '@conduct/core'
import { type ConsumerJourney, planOf, travelOf } from '../journey.ts'
import { intendedCommits } from '../journal/begun.ts'
import type { Observation, Step } from '../step.ts'
import { stepId } from '../step-id.ts'
import { makeAdoptionCommit } from './make-commit.ts'
import { type Adoption, adoptFacts } from './observe-main.ts'
import type { Proposal } from './proposal.ts'
import { pushOwnBranch, pushTimeoutMs, strangeCommit } from './push-own-branch.ts'

interface Offer {
  readonly adoption: Adoption
  readonly proposal: Proposal
}

/** The adoption commit on a branch of the run's own, beside main; only commits of this run are ever replaced there. */
export function proposeStep(traveller: ConsumerJourney, { adoption, proposal }: Offer): Step {
  const { journey, consumer, name } = traveller
  const { branch } = proposal
  const packages = adoption.wanted.map((one) => `${one.name}@${one.version}`).join(', ')
  let standing: CommitId | null = null
  let commit: CommitId | null = null
  return {
    id: stepId.propose(name),
    phase: 'adopt',
    kind: 'propose',
    repo: name,
    action: `offer ${packages} to ${name} on ${branch} (${adoption.adopter.manager})`,
    irreversible: false,
    observe: async () => {
      standing = await consumer.mirror.remoteHead(branch)
      return observeBranch(traveller, { branch, standing })
    },
    effect: {
      timeoutMs: pushTimeoutMs,
      observationIsImmediate: true,
      prepare: async () => {
        commit = await makeAdoptionCommit({
          context: journey.context,
          consumer,
          adopter: adoption.adopter,
          wanted: adoption.wanted,
          message: `Adopt ${packages}\n\nConduct-Run: ${journey.run}\nConduct-Plan: ${planOf(journey).hash}`,
          wallMs: Date.parse(planOf(journey).createdAt),
          signal: travelOf(journey).signal,
        })
        return { ...adoptFacts(traveller, adoption, commit), base: consumer.commit, branch }
      },
      act: ({ signal }) =>
        pushOwnBranch({ name, mirror: consumer.mirror }, { branch, commit, expect: standing, signal }),
    },
  }
}

/** Our commit on top of the judged head is the goal; no branch, or what we offered on an older head, is expected. */
function observeBranch(
  traveller: ConsumerJourney,
  { branch, standing }: { readonly branch: string; readonly standing: CommitId | null },
): Observation {
  const { journey, consumer, name } = traveller
  if (standing === null) return { state: 'expected', evidence: `${name} has no ${branch}` }
  const ours = intendedCommits(journey.journal.records(), stepId.propose(name)).findLast(
    (one) => one.commit === standing,
  )
  if (ours === undefined) {
    const error = strangeCommit(traveller, { branch, found: standing })
    return { state: 'other', evidence: error.message, error }
  }
  if (ours.facts['base'] !== consumer.commit) {
    return { state: 'expected', evidence: `${branch} of ${name} offers what an older ${consumer.main} got` }
  }
  return {
    state: 'goal',
    evidence: `${branch} of ${name} at ${standing}`,
    facts: { commit: standing, base: consumer.commit, branch },
  }
}
