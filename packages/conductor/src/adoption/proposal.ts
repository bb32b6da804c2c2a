import { ConductError } from '@conduct/core'
import type { BranchRules, ForgeRepository, PullRequest, Reading } from '@conduct/forge'
import { type ConsumerJourney, planOf } from '../journey.ts'
import { intendedCommits } from '../journal/begun.ts'
import { stepId } from '../step-id.ts'
import type { Adoption } from './observe-main.ts'
import { proposalBranch, proposalMarker } from './proposal-names.ts'

/** What a run offers to one consumer: the same branch and the same mark for as long as the run lives. */
export interface Proposal {
  readonly repository: ForgeRepository
  readonly rules: BranchRules
  readonly branch: string
  readonly marker: string
  readonly title: string
  readonly body: string
}

/** @throws ConductError ADOPT_REFUSED, FORGE_UNREACHABLE */
export async function makeProposal(traveller: ConsumerJourney, adoption: Adoption): Promise<Proposal> {
  const { journey, consumer, name } = traveller
  const { context, run } = journey
  const at = await context.forge(name)
  if (at === null) {
    throw new ConductError('ADOPT_REFUSED', `${name}: adopting by pull request needs a forge`, {
      hint: `Declare repos.${name}.forge, or adopt: { via: push }.`,
    })
  }
  const packages = adoption.wanted.map((one) => `${one.name} ${one.version}`).join(', ')
  return {
    repository: at.repository,
    rules: told(await at.repository.readRules(consumer.main), `how ${consumer.main} of ${name} is protected`),
    branch: proposalBranch(run),
    marker: proposalMarker(run, name),
    title: `Adopt ${packages}`,
    body: [
      `Run ${run} of train ${context.trainName} adopts ${packages}, as approved with plan ${planOf(journey).id}.`,
      `The run watches this pull request and merges it at exactly this commit once the conditions of ${consumer.main} are met. Closing it stops the adoption.`,
    ].join('\n\n'),
  }
}

/** Ours, whoever of this run's writers opened it; not asked where none can have. */
export async function findProposed(
  traveller: ConsumerJourney,
  proposal: Proposal,
): Promise<PullRequest | null> {
  const { journey, consumer, name } = traveller
  if (!hasProposed(traveller)) return null
  const { branch: headBranch, marker } = proposal
  const found = await proposal.repository.findPullRequest({ base: consumer.main, headBranch, marker })
  if (found.state === 'absent') return null
  return told(found, `the pull request of run ${journey.run} in ${name}`)
}

/** Whether this run has pushed a branch to this consumer, or may have. */
export function hasProposed({ journey, name }: Pick<ConsumerJourney, 'journey' | 'name'>): boolean {
  return intendedCommits(journey.journal.records(), stepId.propose(name)).length > 0
}

/** @throws ConductError FORGE_UNREACHABLE where it could not be read */
export function told<Value>(reading: Reading<Value>, what: string): Value {
  if (reading.state === 'present') return reading.value
  throw new ConductError(
    'FORGE_UNREACHABLE',
    reading.state === 'unknown' ? reading.reason : `The forge does not show ${what}`,
  )
}
