import { assertNever, ConductError, type CommitId } from '@conduct/core'
import type { MergeMethod, MergeOutcome, PullRequest } from '@conduct/forge'
import { askUntil } from '../backoff.ts'
import { type ConsumerJourney, travelOf } from '../journey.ts'
import { intendedCommits } from '../journal/begun.ts'
import type { Facts } from '../journal/journal-record.ts'
import type { AdoptFacts } from '../journal/outcomes.ts'
import type { Acted, Observation, Step } from '../step.ts'
import { stepId } from '../step-id.ts'
import { commitTree } from '../survey/commit-tree.ts'
import { type Opened, refuseMoved, waitedTooLong } from './await-conditions.ts'
import { isAncestor } from './follow-main.ts'
import { type Adoption, adoptFacts } from './observe-main.ts'
import { lockfileProblem } from './prove-lockfile.ts'
import { strangeCommit } from './propose-step.ts'
import { closed } from './pull-request-step.ts'

/** Merging includes whatever the forge asks us to wait before. */
const mergeTimeoutMs = 10 * 60_000
/** What the forge has merged, git shows a moment later. */
const mergeShownMsMax = 60_000
const firstWaitMs = 250
const longestWaitMs = 5_000
/** Our own commit stays in the history where that is allowed. */
const preferred: readonly MergeMethod[] = ['merge', 'squash', 'rebase']

interface Merge extends Opened {
  readonly adoption: Adoption
}

/** Merged at exactly the commit that was proposed and judged; then main's lockfile is read back. */
export function mergeStep(traveller: ConsumerJourney, merge: Merge): Step {
  const { proposal, number, commit, adoption } = merge
  const { repository, rules, title } = proposal
  const { name } = traveller
  const method = preferred.find((one) => rules.mergeMethods.includes(one)) ?? 'merge'
  const packages = adoption.wanted.map((one) => `${one.name}@${one.version}`).join(', ')
  const step: Step = {
    id: stepId.adopt(name),
    phase: 'adopt',
    kind: 'adopt',
    repo: name,
    action: `adopt ${packages} in ${name} (${adoption.adopter.manager}, pull request ${number})`,
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
export function enqueueStep(traveller: ConsumerJourney, merge: Merge): Step {
  const { proposal, number, commit } = merge
  const { name, consumer } = traveller
  return {
    id: stepId.enqueue(name),
    phase: 'adopt',
    kind: 'enqueue',
    repo: name,
    action: `put pull request ${number} into the merge queue of ${consumer.main} of ${name}`,
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
export async function awaitQueue(traveller: ConsumerJourney, opened: Opened): Promise<void> {
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
  traveller: ConsumerJourney,
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

async function observePullRequest(traveller: ConsumerJourney, merge: Merge): Promise<Observation> {
  const reading = await merge.proposal.repository.readPullRequest(merge.number)
  if (reading.state !== 'present') {
    const evidence =
      reading.state === 'unknown' ? reading.reason : `pull request ${merge.number} is not shown to us`
    return { state: 'unknown', evidence }
  }
  const pullRequest = reading.value
  if (pullRequest.state === 'merged') return observeMerged(traveller, { ...merge, pullRequest })
  const error =
    pullRequest.state === 'closed'
      ? closed(traveller, pullRequest)
      : pullRequest.head === merge.commit
        ? null
        : strangeCommit(traveller, { branch: merge.proposal.branch, found: pullRequest.head })
  if (error !== null) return { state: 'other', evidence: error.message, error }
  return { state: 'expected', evidence: `${pullRequest.url} is open at ${merge.commit}` }
}

/** The commit that main got, by merge, squash or rebase; what counts is the lockfile at it. */
async function observeMerged(
  traveller: ConsumerJourney,
  { adoption, pullRequest }: Merge & { readonly pullRequest: PullRequest },
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

async function isShown(traveller: ConsumerJourney, merged: CommitId): Promise<boolean> {
  const { consumer, journey } = traveller
  const { clock } = journey.context
  const { signal } = travelOf(journey)
  const shown = await askUntil(
    { clock, withinMs: mergeShownMsMax, firstMs: firstWaitMs, mostMs: longestWaitMs, signal },
    async () => {
      const head = await consumer.mirror.remoteHead(consumer.main)
      if (head === null) return null
      await consumer.mirror.fetch()
      return (await isAncestor(consumer, merged, head)) ? true : null
    },
  )
  return shown === true
}
