import { ConductError, type CommitId, isConductError, toCommitId } from '@conduct/core'
import { awaitJudged } from './await-judged.ts'
import { checkConsumer } from '../check/check-consumer.ts'
import type { FrozenConsumer } from '../context.ts'
import { type ConsumerJourney, artifactsOf, planOf, surveyOf } from '../journey.ts'
import { type IntendedCommit, intendedCommits } from '../journal/begun.ts'
import { preflightConsumer } from '../preflight/preflight-train.ts'
import { refuseUnlessGreen } from '../preflight/refuse-unless-green.ts'
import { stepId } from '../step-id.ts'
import { resurveyConsumer } from '../survey/resurvey-consumer.ts'

/** The commit that was judged before the first effect. */
export function plannedHead(traveller: ConsumerJourney): CommitId {
  const { journey, name, consumer } = traveller
  return planOf(journey).repos.find((repo) => repo.repo === name)?.commit ?? consumer.commit
}

/**
 * Follows main where it went since this repo was judged: surveyed, preflighted and tried again (`on_move: retry`),
 * or the run stops. Our own commit on main is no move.
 *
 * @returns the head of main as it was read; null when it had moved, or could not be told.
 */
export async function followMain(traveller: ConsumerJourney, surveyed: CommitId[]): Promise<CommitId | null> {
  const { journey, consumer, name } = traveller
  const head = await consumer.mirror.remoteHead(consumer.main)
  const judged = surveyed.at(-1)
  if (head === null || head === judged || (await ownCommitOn(traveller, head)) !== null) return head
  if (consumer.consumer.onMove === 'stop') {
    throw new ConductError(
      'EXPECTED_STATE',
      `${name}: ${consumer.main} moved from ${judged ?? 'nothing'} to ${head}`,
      {
        next: `${journey.context.launcher} resume ${journey.run} --replan`,
        details: { repo: name, from: judged, to: head },
      },
    )
  }
  const survey = surveyOf(journey)
  const fresh = await resurveyConsumer(journey.context, survey, name)
  await awaitJudged(traveller, fresh)
  const rows = await preflightConsumer(journey.context, survey, fresh, {
    overrides: journey.request.overrides,
    publishedByThisRun: new Set(
      artifactsOf(journey).map((artifact) => `${artifact.name}@${artifact.version}`),
    ),
  })
  refuseUnlessGreen(journey.context, new Map([[name, rows]]))
  await checkConsumer(journey.context, fresh, artifactsOf(journey))
  traveller.consumer = fresh
  surveyed.push(fresh.commit)
  journey.context.emit({
    type: 'warning',
    code: 'MAIN_MOVED',
    message: `${name}: ${fresh.main} moved from ${judged ?? 'nothing'} to ${fresh.commit}; it was surveyed, preflighted and tried again`,
  })
  return null
}

/** A commit that this run meant to push and that main now has: an answer that got lost, or a crash. */
export async function ownCommitOn(
  traveller: ConsumerJourney,
  head: CommitId,
): Promise<IntendedCommit | null> {
  const { journey, consumer, name } = traveller
  const intended = intendedCommits(journey.journal.records(), stepId.adopt(name))
  if (intended.length === 0) return null
  const latest = intended.findLast(({ commit }) => commit === head)
  if (latest !== undefined) return latest
  await consumer.mirror.fetch()
  for (const one of intended.toReversed()) {
    if (await isAncestor(consumer, toCommitId(one.commit), head)) return one
  }
  return null
}

/** A commit that is not even in the mirror after a fetch is on no branch of the remote. */
export async function isAncestor(
  consumer: Pick<FrozenConsumer, 'mirror'>,
  commit: CommitId,
  head: CommitId,
): Promise<boolean> {
  try {
    return await consumer.mirror.isAncestor(commit, head)
  } catch (error) {
    if (isConductError(error, 'GIT_FAILED')) return false
    throw error
  }
}
