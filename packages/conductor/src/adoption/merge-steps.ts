import { assertNever, ConductError } from '@conduct/core'
import type { MergeMethod, MergeOutcome, PullRequest } from '@conduct/forge'
import { type Proposer, travelOf } from '../journey.ts'
import type { Acted, Observation, Step } from '../step.ts'
import { type Opened, refuseMoved, waitedTooLong } from './await-conditions.ts'
import { strangeCommit } from './push-own-branch.ts'
import { closed } from './pull-request-step.ts'

/** Merging includes whatever the forge asks us to wait before. */
const mergeTimeoutMs = 10 * 60_000
/** Our own commit stays in the history where that is allowed. */
const preferred: readonly MergeMethod[] = ['merge', 'squash', 'rebase']

type Head = Pick<Step, 'id' | 'phase' | 'kind' | 'action'>

/** A pull request that is open at a commit of ours, and what it has to bring. */
export interface Merge extends Opened {
  readonly merge: Head
  readonly enqueue: Head
  /** What main got by it: the goal of the merge, or what is wrong with it. */
  readonly observeMerged: (pullRequest: PullRequest) => Promise<Observation>
}

/** Merged at exactly the commit that was proposed and judged; then what main got is read back. */
export function mergeStep(traveller: Proposer, merge: Merge): Step {
  const { proposal, number, commit } = merge
  const { repository, rules, title } = proposal
  const method = preferred.find((one) => rules.mergeMethods.includes(one)) ?? 'merge'
  const step: Step = {
    ...merge.merge,
    repo: traveller.name,
    irreversible: true,
    observe: () => observePullRequest(traveller, merge),
  }
  if (rules.needsMergeQueue) return step
  return {
    ...step,
    effect: {
      timeoutMs: mergeTimeoutMs,
      // A merge whose answer got lost may still be under way.
      observationIsImmediate: false,
      harmlessErrors: ['FORGE_LIMITED', 'FORGE_REFUSED', 'FORGE_CREDENTIALS'],
      preconditions: () => refuseMoved(traveller),
      act: async () => {
        const asked = { number, expectedHead: commit, method, title: `${title} (#${number})` }
        return mergeActed(traveller, { ...merge, outcome: await repository.mergePullRequest(asked) })
      },
    },
  }
}

/** Where main merges through a queue: in line at exactly the commit; being in line already is as good. */
export function enqueueStep(traveller: Proposer, merge: Merge): Step {
  const { proposal, number, commit } = merge
  return {
    ...merge.enqueue,
    repo: traveller.name,
    irreversible: true,
    observe: () => observePullRequest(traveller, merge),
    effect: {
      timeoutMs: mergeTimeoutMs,
      observationIsImmediate: false,
      harmlessErrors: ['FORGE_LIMITED', 'FORGE_REFUSED', 'FORGE_CREDENTIALS'],
      act: async () => {
        const asked = { number, expectedHead: commit }
        const outcome = await proposal.repository.enqueuePullRequest(asked)
        return mergeActed(traveller, { ...merge, outcome })
      },
      confirm: (acted) =>
        Promise.resolve({
          state: 'goal',
          evidence: `pull request ${number} is in the merge queue`,
          ...(acted.outcome === 'acted' && acted.facts !== undefined ? { facts: acted.facts } : {}),
        }),
    },
  }
}

/**
 * Until the queue has merged it.
 *
 * @throws ConductError MERGE_WAITING, CHECKS_RED when it fell out of the queue, ADOPT_REFUSED, EXPECTED_STATE
 */
export async function awaitQueue(traveller: Proposer, opened: Opened): Promise<void> {
  const { journey, consumer, name } = traveller
  const { proposal, number, commit } = opened
  const travel = travelOf(journey)
  const watched = await proposal.repository.watchPullRequest({
    number,
    expectedHead: commit,
    until: 'merged',
    withinMs: consumer.consumer.adopt.withinMs,
    beforeLook: () => travel.throwIfStopped(),
  })
  switch (watched.outcome) {
    case 'merged':
    case 'ready':
      return
    case 'waiting':
      throw waitedTooLong(traveller, { number, waitsFor: watched.waitingFor })
    case 'unknown':
      throw new ConductError('FORGE_UNREACHABLE', `${name}: ${watched.reason}`)
    case 'left_queue':
      throw new ConductError('CHECKS_RED', `${name}: pull request ${number} fell out of the merge queue`, {
        hint: 'Look at its checks there; resume puts it into the queue again.',
      })
    case 'closed':
      throw new ConductError(
        'ADOPT_REFUSED',
        `${name}: somebody closed pull request ${number} without merging it`,
      )
    case 'head_moved':
      throw strangeCommit(traveller, { branch: proposal.branch, found: watched.head })
    default:
      assertNever(watched)
  }
}

function mergeActed(
  traveller: Proposer,
  { outcome, number, proposal }: Merge & { readonly outcome: MergeOutcome },
): Acted {
  const { name, consumer } = traveller
  switch (outcome.outcome) {
    case 'merged':
      return { outcome: 'acted', facts: { mergeCommit: outcome.commit } }
    case 'queued':
      return { outcome: 'acted', facts: { position: outcome.position } }
    case 'head_moved':
      return {
        outcome: 'refused',
        error: strangeCommit(traveller, { branch: proposal.branch, found: outcome.head }),
      }
    case 'closed':
      return {
        outcome: 'refused',
        error: new ConductError(
          'ADOPT_REFUSED',
          `${name}: somebody closed pull request ${number} without merging it`,
        ),
      }
    case 'blocked':
      // Conditions that held a moment ago: looked at again as after any move.
      return {
        outcome: 'refused',
        error: new ConductError(
          'EXPECTED_STATE',
          `${name}: the forge did not merge pull request ${number} into ${consumer.main} (${outcome.mergeState}): ${outcome.said}`,
          { details: { lostRace: true } },
        ),
      }
    default:
      return assertNever(outcome)
  }
}

async function observePullRequest(traveller: Proposer, merge: Merge): Promise<Observation> {
  const reading = await merge.proposal.repository.readPullRequest(merge.number)
  if (reading.state !== 'present') {
    const evidence =
      reading.state === 'unknown' ? reading.reason : `pull request ${merge.number} is not shown to us`
    return { state: 'unknown', evidence }
  }
  const pullRequest = reading.value
  if (pullRequest.state === 'merged') return merge.observeMerged(pullRequest)
  const error =
    pullRequest.state === 'closed'
      ? closed(traveller, pullRequest)
      : pullRequest.head === merge.commit
        ? null
        : strangeCommit(traveller, { branch: merge.proposal.branch, found: pullRequest.head })
  if (error !== null) return { state: 'other', evidence: error.message, error }
  return { state: 'expected', evidence: `${pullRequest.url} is open at ${merge.commit}` }
}
