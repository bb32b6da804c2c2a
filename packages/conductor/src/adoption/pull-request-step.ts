import { assertNever, ConductError, type CommitId } from '@conduct/core'
import type { OpenOutcome, PullRequest } from '@conduct/forge'
import { askUntil } from '../backoff.ts'
import { type Proposer, travelOf } from '../journey.ts'
import type { Acted, Observation, Step } from '../step.ts'
import type { Proposal } from './proposal.ts'
import { strangeCommit } from './push-own-branch.ts'

/** Opening includes whatever the forge asks us to wait before. */
const openTimeoutMs = 10 * 60_000
/** A push shows in a pull request a moment later. */
const headShownMsMax = 30_000
const firstWaitMs = 250
const longestWaitMs = 5_000

export interface Offered {
  readonly proposal: Proposal
  readonly commit: CommitId
}

/** One pull request for the run's branch: found by its mark, or made. */
export function pullRequestStep(
  traveller: Proposer,
  { head, ...offered }: Offered & { readonly head: Pick<Step, 'id' | 'phase' | 'kind'> },
): Step {
  const { consumer, name } = traveller
  const { proposal, commit } = offered
  const { branch: headBranch, marker, title, body, repository } = proposal
  return {
    ...head,
    repo: name,
    action: `open a pull request from ${headBranch} into ${consumer.main} of ${name}`,
    irreversible: false,
    observe: () => observe(traveller, offered),
    effect: {
      timeoutMs: openTimeoutMs,
      observationIsImmediate: true,
      harmlessErrors: ['FORGE_LIMITED', 'FORGE_REFUSED', 'FORGE_CREDENTIALS'],
      act: async () => {
        const wanted = { base: consumer.main, headBranch, marker, title, body, head: commit }
        return acted(traveller, { ...offered, outcome: await repository.openPullRequest(wanted) })
      },
    },
  }
}

function acted(traveller: Proposer, { outcome, proposal }: Offered & { outcome: OpenOutcome }): Acted {
  switch (outcome.outcome) {
    case 'opened':
    case 'found':
    // A head that is behind the push shows itself: confirming looks until it does.
    case 'head_moved':
      return { outcome: 'acted', facts: factsOf(outcome.pullRequest) }
    case 'closed':
      return { outcome: 'refused', error: closed(traveller, outcome.pullRequest) }
    case 'foreign':
      return {
        outcome: 'refused',
        error: new ConductError(
          'ADOPT_REFUSED',
          `${traveller.name}: ${proposal.branch} has a pull request that this run did not open: ${outcome.url}`,
        ),
      }
    default:
      return assertNever(outcome)
  }
}

async function observe(traveller: Proposer, { proposal, commit }: Offered): Promise<Observation> {
  const { consumer, name, journey } = traveller
  const { branch: headBranch, marker } = proposal
  const { signal } = travelOf(journey)
  const { clock } = journey.context
  let last: Observation = { state: 'unknown', evidence: 'it was not looked for' }
  const settled = await askUntil(
    { clock, withinMs: headShownMsMax, firstMs: firstWaitMs, mostMs: longestWaitMs, signal },
    async () => {
      const found = await proposal.repository.findPullRequest({ base: consumer.main, headBranch, marker })
      if (found.state === 'unknown') return { state: 'unknown', evidence: found.reason } as const
      if (found.state === 'absent')
        return { state: 'expected', evidence: `no pull request from ${headBranch} in ${name}` } as const
      const pullRequest = found.value
      if (pullRequest.state === 'merged' || pullRequest.head === commit) return judged(traveller, pullRequest)
      if (pullRequest.state === 'closed')
        return { state: 'expected', evidence: `${pullRequest.url} offered another commit` } as const
      const error = strangeCommit(traveller, { branch: headBranch, found: pullRequest.head })
      last = { state: 'other', evidence: error.message, error }
      return null
    },
  )
  return settled ?? last
}

function judged(traveller: Proposer, pullRequest: PullRequest): Observation {
  if (pullRequest.state === 'closed') {
    const error = closed(traveller, pullRequest)
    return { state: 'other', evidence: error.message, error }
  }
  return {
    state: 'goal',
    evidence: `${pullRequest.url} is ${pullRequest.state}`,
    facts: factsOf(pullRequest),
  }
}

export function closed({ name }: Pick<Proposer, 'name'>, { url }: PullRequest): ConductError {
  return new ConductError('ADOPT_REFUSED', `${name}: somebody closed ${url} without merging it`, {
    hint: 'Reopen it and resume, or abort the run.',
  })
}

function factsOf({ number, url }: PullRequest) {
  return { number, pullRequest: url }
}
