import { ConductError, type CommitId, invariant, toCommitId } from '@conduct/core'
import type { PullRequest } from '@conduct/forge'
import { awaitConditions, type Opened } from '../adoption/await-conditions.ts'
import { isShown } from '../adoption/merge-shown.ts'
import { awaitQueue, enqueueStep, type Merge, mergeStep } from '../adoption/merge-steps.ts'
import { type Proposal, told } from '../adoption/proposal.ts'
import { proposalBranch, revertBranch, revertMarker } from '../adoption/proposal-names.ts'
import { pullRequestStep } from '../adoption/pull-request-step.ts'
import { retireBranch } from '../adoption/retire-branch.ts'
import { intendedCommits } from '../journal/begun.ts'
import type { RevertFacts } from '../journal/outcomes.ts'
import { type Journey, type Proposer, travelOf } from '../journey.ts'
import { stepId } from '../step-id.ts'
import { type Observation, type Step, takeStep } from '../step.ts'
import type { UndoPlace } from './place.ts'
import { proposeRevertStep } from './propose-revert-step.ts'
import { observeMain } from './revert.ts'
import { readOffer, wasProposed, withMerged, withdrawOfferStep } from './withdraw-offer.ts'

/** What came by pull request goes by pull request: main may take nothing else. What was begun so goes on so. */
export function goesByPullRequest(place: UndoPlace): boolean {
  return wasProposed(place) || isRevertProposed(place)
}

function isRevertProposed({ travel, name }: UndoPlace): boolean {
  return intendedCommits(travel.records(), stepId.proposeRevert(name)).length > 0
}

/** The revert as it is looked at; it is taken by `revertByPullRequest`. */
export function revertLook(place: UndoPlace, action: string): Step {
  return {
    ...revertHead(place, action),
    repo: place.name,
    irreversible: true,
    observe: async () => {
      const offer = await readOffer(place)
      return offer?.state === 'open'
        ? { state: 'expected', evidence: `${offer.url} is open: it is closed, and its branch deleted` }
        : (await observeMain(withMerged(place, offer))).observation
    },
  }
}

/**
 * Takes the adoption commit back as it came: a branch of the run's own, a pull request, the conditions of main, the
 * merge. Each is looked for before it is made, so that whoever goes back next goes on where this one ended.
 */
export async function revertByPullRequest(journey: Journey, place: UndoPlace, action: string): Promise<void> {
  const travel = travelOf(journey)
  const proposal = await makeProposal(place)
  const before = await findProposed(place, proposal)
  const { adopted, observation } = await observeMain(await withdrawOffer(journey, place, proposal))
  const proposer = proposerOf(journey, place, adopted)
  const back = { place, proposer, action }
  if (before?.state === 'merged') {
    const opened = { proposal, number: before.number, commit: before.head }
    await takeStep(travel, mergeStep(proposer, revertMerge(back, opened)))
    return retire(proposer, proposal)
  }
  if (adopted === null || observation.state !== 'expected') {
    await takeStep(travel, revertLook(place, action))
    return
  }
  const proposed = await takeStep(travel, proposeRevertStep(place, { branch: proposal.branch, adopted }))
  const commit = toCommitId(String(proposed.facts['commit']))
  const head = {
    id: stepId.revertPullRequest(place.name),
    phase: 'undo',
    kind: 'revert_pull_request',
  } as const
  const found = await takeStep(travel, pullRequestStep(proposer, { proposal, commit, head }))
  const opened = { proposal, commit, number: Number(found.facts['number']) }
  const merge = revertMerge(back, opened)

  const how = await awaitConditions(proposer, opened)
  if (how === 'ready' && proposal.rules.needsMergeQueue) {
    await takeStep(travel, enqueueStep(proposer, merge))
    await awaitQueue(proposer, opened)
  }
  await takeStep(travel, mergeStep(proposer, merge))
  await retire(proposer, proposal)
}

/** What the run offered itself is withdrawn first. @returns the place, with what was merged of it. */
async function withdrawOffer(
  journey: Journey,
  place: UndoPlace,
  { repository }: Proposal,
): Promise<UndoPlace> {
  const { name, travel } = place
  if (!wasProposed(place)) return place
  await takeStep(travelOf(journey), withdrawOfferStep(place, repository))
  const head = { id: stepId.retireBranch(name), phase: 'undo', kind: 'retire_branch' } as const
  const branch = proposalBranch(travel.run)
  await retireBranch(proposerOf(journey, place, null), { branch, head, proposedBy: stepId.propose(name) })
  return withMerged(place, await readOffer(place))
}

/** @param adopted what main has of the adoption; null: none of it, and what was offered stands for it. */
function proposerOf(journey: Journey, place: UndoPlace, adopted: CommitId | null): Proposer {
  const { name, main, mirror, consumer, adoptions } = place
  const commit = adopted ?? adoptions.at(-1)
  invariant(commit !== undefined, `something was offered to ${name}, or pushed`)
  return { journey, name, consumer: { main, mirror, commit, consumer } }
}

/** @throws ConductError ADOPT_REFUSED, FORGE_UNREACHABLE */
async function makeProposal({ travel, name, main }: UndoPlace): Promise<Proposal> {
  const at = await travel.context.forge(name)
  if (at === null) {
    throw new ConductError(
      'ADOPT_REFUSED',
      `${name}: what came by pull request goes back by one, which needs a forge`,
      {
        hint: `Declare repos.${name}.forge again, or revert by hand.`,
      },
    )
  }
  const packages = travel.plan.basis.packages.map((one) => `${one.name} ${one.version}`).join(', ')
  return {
    repository: at.repository,
    rules: told(await at.repository.readRules(main), `how ${main} of ${name} is protected`),
    branch: revertBranch(travel.run),
    marker: revertMarker(travel.run, name),
    title: `Revert the adoption of ${packages}`,
    body: [
      `Run ${travel.run} of train ${travel.context.trainName} is taken back: ${name} goes back to what it had before ${packages}.`,
      `Whoever takes it back watches this pull request and merges it at exactly this commit once the conditions of ${main} are met. Closing it leaves the adoption where it is.`,
    ].join('\n\n'),
  }
}

async function findProposed(place: UndoPlace, proposal: Proposal): Promise<PullRequest | null> {
  const { travel, name, main } = place
  if (!isRevertProposed(place)) return null
  const { branch: headBranch, marker } = proposal
  const found = await proposal.repository.findPullRequest({ base: main, headBranch, marker })
  return found.state === 'absent' ? null : told(found, `the revert of run ${travel.run} in ${name}`)
}

interface WayBack {
  readonly place: UndoPlace
  readonly proposer: Proposer
  readonly action: string
}

function revertMerge({ place, proposer, action }: WayBack, opened: Opened): Merge {
  const { name, main } = place
  const { number } = opened
  return {
    ...opened,
    merge: revertHead(place, `${action} (pull request ${number})`),
    enqueue: {
      id: stepId.enqueueRevert(name),
      phase: 'undo',
      kind: 'enqueue_revert',
      action: `put pull request ${number} into the merge queue of ${main} of ${name}`,
    },
    observeMerged: async ({ url, mergeCommit }): Promise<Observation> => {
      if (mergeCommit === null || !(await isShown(proposer, mergeCommit))) {
        return { state: 'unknown', evidence: `${url} is merged, which ${main} of ${name} does not show yet` }
      }
      const { observation } = await observeMain(place)
      if (observation.state !== 'goal') return observation
      const facts: RevertFacts = { reverted: mergeCommit }
      const evidence = `${url} is merged: ${main} of ${name} has ${mergeCommit}`
      return { state: 'goal', evidence, facts: { ...facts, pullRequest: url } }
    },
  }
}

function revertHead({ name }: UndoPlace, action: string): Pick<Step, 'id' | 'phase' | 'kind' | 'action'> {
  return { id: stepId.revert(name), phase: 'undo', kind: 'revert', action }
}

function retire(proposer: Proposer, { branch }: Proposal): Promise<void> {
  return retireBranch(proposer, {
    branch,
    head: { id: stepId.retireRevert(proposer.name), phase: 'undo', kind: 'retire_revert' },
    proposedBy: stepId.proposeRevert(proposer.name),
  })
}
