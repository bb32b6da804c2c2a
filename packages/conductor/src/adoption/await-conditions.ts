import { assertNever, ConductError, type CommitId } from '@conduct/core'
import type { CommitVerdict, PullRequest } from '@conduct/forge'
import { askUntil } from '../backoff.ts'
import { type Proposer, travelOf } from '../journey.ts'
import type { Proposal } from './proposal.ts'
import { strangeCommit } from './push-own-branch.ts'
import { closed } from './pull-request-step.ts'

const firstWaitMs = 1_000
const longestWaitMs = 30_000
/** Where no check is required, one that will run shows itself within this. */
const checksAppearWithinMs = 2 * 60_000

export interface Opened {
  readonly proposal: Proposal
  readonly number: number
  readonly commit: CommitId
}

/**
 * Waits until the forge would let us merge and no check of the commit stands against it.
 *
 * @returns `merged` where somebody merged it meanwhile
 * @throws ConductError MERGE_WAITING when the time is up; CHECKS_RED; ADOPT_REFUSED when it was closed;
 *   EXPECTED_STATE when its branch or main moved
 */
export async function awaitConditions(traveller: Proposer, opened: Opened): Promise<'ready' | 'merged'> {
  const { journey, consumer, name } = traveller
  const { clock } = journey.context
  const { withinMs } = consumer.consumer.adopt
  const travel = travelOf(journey)
  const startedAtMs = clock.monotonicMs()
  let told = ''
  let waitsFor = ''
  const settled = await askUntil(
    { clock, withinMs, firstMs: firstWaitMs, mostMs: longestWaitMs, signal: travel.signal },
    async () => {
      travel.throwIfStopped()
      const seen = await look(traveller, { ...opened, waitedMs: clock.monotonicMs() - startedAtMs })
      if (seen.state !== 'waiting') return seen.state
      waitsFor = seen.waitsFor
      if (waitsFor !== told) {
        told = waitsFor
        journey.context.emit({ type: 'progress', message: `${name}: #${opened.number} waits for ${told}` })
      }
      return null
    },
  )
  if (settled !== null) return settled
  throw waitedTooLong(traveller, { number: opened.number, waitsFor })
}

/** The pull request goes on waiting; so does the run. */
export function waitedTooLong(
  { journey, name, consumer }: Proposer,
  { number, waitsFor }: { readonly number: number; readonly waitsFor: string },
): ConductError {
  const minutes = Math.round(consumer.consumer.adopt.withinMs / 60_000)
  return new ConductError(
    'MERGE_WAITING',
    `${name}: pull request ${number} still waits for ${waitsFor}${minutes > 0 ? ` after ${minutes} minutes` : ''}`,
    { next: `${journey.context.launcher} resume ${journey.run}`, details: { repo: name, number, waitsFor } },
  )
}

type Look = { readonly state: 'ready' | 'merged' } | { readonly state: 'waiting'; readonly waitsFor: string }

async function look(
  traveller: Proposer,
  { proposal, number, commit, waitedMs }: Opened & { readonly waitedMs: number },
): Promise<Look> {
  const { consumer, name } = traveller
  const { repository, rules } = proposal
  const reading = await repository.readPullRequest(number)
  // Not having seen it is no verdict about it.
  if (reading.state !== 'present') {
    return {
      state: 'waiting',
      waitsFor: reading.state === 'unknown' ? `the forge (${reading.reason})` : 'the forge to show it',
    }
  }
  const pullRequest = reading.value
  if (pullRequest.state === 'merged') return { state: 'merged' }
  if (pullRequest.state === 'closed') throw closed(traveller, pullRequest)
  if (pullRequest.head !== commit)
    throw strangeCommit(traveller, { branch: proposal.branch, found: pullRequest.head })
  // What a queue merges it tests again, on whatever main is by then.
  if (!rules.needsMergeQueue) await refuseMoved(traveller)
  const verdict = await repository.readVerdict({ commit, branch: consumer.main })
  if (verdict.verdict === 'red') {
    throw new ConductError(
      'CHECKS_RED',
      `${name}: checks of ${pullRequest.url}: ${verdict.failed.join(', ')}`,
      {
        details: { repo: name, commit, failed: verdict.failed },
      },
    )
  }
  const checks = checksOutstanding(verdict, waitedMs)
  if (checks !== null) return { state: 'waiting', waitsFor: checks }
  const conditions = conditionsOutstanding(pullRequest, rules.needsMergeQueue)
  return conditions === null ? { state: 'ready' } : { state: 'waiting', waitsFor: conditions }
}

function checksOutstanding(verdict: CommitVerdict, waitedMs: number): string | null {
  switch (verdict.verdict) {
    case 'green':
      return null
    case 'pending':
      return verdict.waitingFor.join(', ')
    case 'none':
      if (verdict.required.length > 0) return verdict.required.map(({ name }) => name).join(', ')
      if (verdict.judgeable.can === 'no' || waitedMs >= checksAppearWithinMs) return null
      return 'checks to begin'
    case 'red':
      return verdict.failed.join(', ')
    case 'unknown':
      return `the forge (${verdict.reason})`
    default:
      return assertNever(verdict)
  }
}

/** A queue takes what has passed its checks, whatever else the forge still says of merging it by hand. */
function conditionsOutstanding({ waitsFor, isMergeable }: PullRequest, isQueued: boolean): string | null {
  return isQueued && isMergeable !== false ? null : waitsFor
}

/** @throws ConductError EXPECTED_STATE, a lost race: main is no longer what the commit was made and judged on */
export async function refuseMoved({ consumer, name }: Proposer): Promise<void> {
  const head = await consumer.mirror.remoteHead(consumer.main)
  if (head === consumer.commit) return
  throw new ConductError(
    'EXPECTED_STATE',
    `${name}: ${consumer.main} moved from ${consumer.commit} to ${head ?? 'nothing'}`,
    { details: { lostRace: true } },
  )
}
