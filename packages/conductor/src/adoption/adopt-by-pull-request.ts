import { ConductError, type CommitId, isConductError, toCommitId } from '@conduct/core'
import { type ConsumerJourney, noteLooked, travelOf } from '../journey.ts'
import { type Step, takeStep } from '../step.ts'
import { stepId } from '../step-id.ts'
import { adoptionMerge } from './adoption-merge.ts'
import { awaitConditions, type Opened } from './await-conditions.ts'
import { followMain } from './follow-main.ts'
import { awaitQueue, enqueueStep, mergeStep } from './merge-steps.ts'
import { type Adoption, holdsAlready, observeMain } from './observe-main.ts'
import { findProposed, makeProposal, type Proposal } from './proposal.ts'
import { proposeStep } from './propose-step.ts'
import { pullRequestStep } from './pull-request-step.ts'
import { retireBranch } from './retire-branch.ts'

export interface PullRequestAdoption extends Adoption {
  /** Heads of main that were judged, the newest last; grows when main moves. */
  readonly surveyed: CommitId[]
}

interface Races {
  readonly racesMax: number
}

/**
 * The adoption commit through a pull request of the run's own: branch, pull request, conditions, merge. Every one of
 * them is looked for before it is made, so that a second writer of the run goes on where the first ended.
 */
export async function adoptByPullRequest(
  traveller: ConsumerJourney,
  adoption: PullRequestAdoption,
  { racesMax }: Races,
): Promise<void> {
  const proposal = await makeProposal(traveller, adoption)
  for (let races = 1; ; races += 1) {
    const before = await findProposed(traveller, proposal)
    if (before?.state === 'merged') {
      const opened = { proposal, number: before.number, commit: before.head }
      const merge = adoptionMerge(traveller, { adoption, opened })
      arrive(traveller, await takeStep(travelOf(traveller.journey), mergeStep(traveller, merge)))
      return retire(traveller, proposal)
    }
    await followMain(traveller, adoption.surveyed)
    if (await holdsAlready(traveller.consumer, adoption)) return leaveMain(traveller, adoption)
    try {
      return await offerAndMerge(traveller, { adoption, proposal })
    } catch (error) {
      if (!isLostRace(error)) throw error
      if (races === racesMax) throw raceLost(traveller, { error, adoption, racesMax })
    }
  }
}

async function offerAndMerge(
  traveller: ConsumerJourney,
  { adoption, proposal }: { readonly adoption: Adoption; readonly proposal: Proposal },
): Promise<void> {
  const travel = travelOf(traveller.journey)
  const proposed = await takeStep(travel, proposeStep(traveller, { adoption, proposal }))
  const commit = toCommitId(String(proposed.facts['commit']))
  const found = await takeStep(
    travel,
    pullRequestStep(traveller, { proposal, commit, head: pullRequestHead(traveller) }),
  )
  const opened: Opened = { proposal, commit, number: Number(found.facts['number']) }
  const merge = adoptionMerge(traveller, { adoption, opened })

  const how = await awaitConditions(traveller, opened)
  if (how === 'ready' && proposal.rules.needsMergeQueue) {
    await takeStep(travel, enqueueStep(traveller, merge))
    await awaitQueue(traveller, opened)
  }
  arrive(traveller, await takeStep(travel, mergeStep(traveller, merge)))
  await retire(traveller, proposal)
}

function pullRequestHead({ name }: ConsumerJourney): Pick<Step, 'id' | 'phase' | 'kind'> {
  return { id: stepId.pullRequest(name), phase: 'adopt', kind: 'pull_request' }
}

function retire(traveller: ConsumerJourney, { branch }: Proposal): Promise<void> {
  const { name } = traveller
  return retireBranch(traveller, {
    branch,
    head: { id: stepId.retireBranch(name), phase: 'adopt', kind: 'retire_branch' },
    proposedBy: stepId.propose(name),
  })
}

/** Somebody's lockfile has it already: there is nothing to propose. */
async function leaveMain(traveller: ConsumerJourney, adoption: Adoption): Promise<void> {
  const { journey, name } = traveller
  const step: Step = {
    id: stepId.adopt(name),
    phase: 'adopt',
    kind: 'adopt',
    repo: name,
    action: `adopt in ${name}`,
    irreversible: true,
    observe: () => observeMain(traveller, adoption),
  }
  arrive(traveller, await takeStep(travelOf(journey), step))
  await noteLooked(
    journey,
    journey.context.clock.wallMs(),
    ([stepId.propose(name), stepId.pullRequest(name)] as const).map((id) => ({
      step: {
        id,
        phase: 'adopt',
        kind: id.slice(0, id.indexOf(':')),
        repo: name,
        action: `propose to ${name}`,
        irreversible: false,
      },
      state: 'skipped',
      evidence: 'main holds it already',
      facts: {},
    })),
  )
}

function arrive(
  traveller: ConsumerJourney,
  { facts }: { readonly facts: Readonly<Record<string, unknown>> },
): void {
  traveller.sha = toCommitId(String(facts['sha']))
}

export function isLostRace(error: unknown): boolean {
  return isConductError(error, 'EXPECTED_STATE') && error.details['lostRace'] === true
}

function raceLost(
  { name }: ConsumerJourney,
  lost: { readonly error: unknown; readonly adoption: PullRequestAdoption; readonly racesMax: number },
): unknown {
  const { surveyed } = lost.adoption
  if (surveyed.length < lost.racesMax) return lost.error
  const heads = surveyed.map((commit) => commit.slice(0, 7)).join(', ')
  return new ConductError(
    'ADOPT_RACE',
    `${name}: main moved ${lost.racesMax} times while we worked (${heads})`,
  )
}
