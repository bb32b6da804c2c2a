import { assertNever, ConductError, isConductError } from '@conduct/core'
import type { CommitVerdict, RepoAtForge } from '@conduct/forge'
import { askUntil } from '../backoff.ts'
import { shaOf } from '../consumer-commands.ts'
import { type ConsumerJourney, noteLooked, planOf, travelOf } from '../journey.ts'
import { stepId } from '../step-id.ts'

const firstWaitMs = 1_000
const longestWaitMs = 30_000
/** Where somebody accepted that nothing may judge a commit, checks that do run begin within this. */
const checksAppearWithinMs = 2 * 60_000

/**
 * The checks of the commit that is about to be deployed, as it stands on main: green before anything is dispatched.
 * Where preflight was allowed not to know CI's verdict (`accept_unknown`, an override), silence is accepted here, too.
 *
 * @throws ConductError CHECKS_RED, CHECKS_WAITING when the time is up, FORGE_UNREACHABLE
 */
export async function awaitOwnChecks(traveller: ConsumerJourney): Promise<void> {
  const { journey, name } = traveller
  const startedAtMs = journey.context.clock.wallMs()
  const at = await forgeOf(traveller)
  if (at === null) return
  const seen = at === 'silent' ? null : await watchVerdict(traveller, at)
  const commit = shaOf(traveller)
  const known = seen?.verdict === 'green'
  await noteLooked(journey, startedAtMs, [
    {
      step: {
        id: stepId.ownChecks(name),
        phase: 'deploy',
        kind: 'own_checks',
        repo: name,
        action: `checks of ${name} at ${commit.slice(0, 7)}`,
        irreversible: false,
      },
      state: known ? 'done' : 'skipped',
      evidence: known ? `${seen.covered} have passed` : 'no verdict, which lanes.yaml accepts',
      facts: { commit, verdict: seen?.verdict ?? 'unknown' },
    },
  ])
}

/** `silent`: it cannot be asked, and that is accepted. */
async function forgeOf(traveller: ConsumerJourney): Promise<RepoAtForge | 'silent' | null> {
  const { journey, name } = traveller
  try {
    return await journey.context.forge(name)
  } catch (error) {
    if (isConductError(error, 'FORGE_CREDENTIALS') && acceptsSilence(traveller)) return 'silent'
    throw error
  }
}

async function watchVerdict(traveller: ConsumerJourney, { repository }: RepoAtForge): Promise<CommitVerdict> {
  const { journey, consumer, name } = traveller
  const { clock } = journey.context
  const { withinMs } = consumer.consumer.adopt
  const travel = travelOf(journey)
  const asked = { commit: shaOf(traveller), branch: consumer.main }
  const startedAtMs = clock.monotonicMs()
  let last: CommitVerdict | null = null
  const settled = await askUntil(
    { clock, withinMs, firstMs: firstWaitMs, mostMs: longestWaitMs, signal: travel.signal },
    async () => {
      travel.throwIfStopped()
      const seen = await repository.readVerdict(asked)
      if (last === null && seen.verdict !== 'green') {
        journey.context.emit({ type: 'progress', message: `${name}: waits for checks of ${asked.commit}` })
      }
      last = seen
      const isPatienceOver = clock.monotonicMs() - startedAtMs >= checksAppearWithinMs
      return isSettled(seen, { acceptsSilence: acceptsSilence(traveller), isPatienceOver }) ? seen : null
    },
  )
  const verdict = settled ?? last
  if (verdict === null) throw new ConductError('INTERRUPTED', `${name}: nobody asked for its checks`)
  return accepted(traveller, verdict)
}

function isSettled(
  seen: CommitVerdict,
  how: { readonly acceptsSilence: boolean; readonly isPatienceOver: boolean },
): boolean {
  switch (seen.verdict) {
    case 'green':
    case 'red':
      return true
    case 'none':
      return how.acceptsSilence && (seen.judgeable.can === 'no' || how.isPatienceOver)
    case 'unknown':
      return how.acceptsSilence && how.isPatienceOver
    case 'pending':
      return false
    default:
      return assertNever(seen)
  }
}

function accepted(traveller: ConsumerJourney, seen: CommitVerdict): CommitVerdict {
  const { name } = traveller
  const commit = shaOf(traveller)
  const failed = (code: 'CHECKS_RED' | 'CHECKS_WAITING' | 'FORGE_UNREACHABLE', why: string): ConductError =>
    new ConductError(code, `${name}: ${commit.slice(0, 7)} is on ${traveller.consumer.main} and ${why}`, {
      details: { repo: name, commit },
    })
  switch (seen.verdict) {
    case 'green':
      return seen
    case 'red':
      throw failed('CHECKS_RED', `its checks failed: ${seen.failed.join(', ')}; nothing was deployed`)
    case 'pending':
      throw failed('CHECKS_WAITING', `still waits for ${seen.waitingFor.join(', ')}`)
    case 'none':
      if (acceptsSilence(traveller)) return seen
      throw failed('CHECKS_WAITING', `nothing has judged it: ${seen.judgeable.because}`)
    case 'unknown':
      if (acceptsSilence(traveller)) return seen
      throw failed('FORGE_UNREACHABLE', `its checks could not be read: ${seen.reason}`)
    default:
      return assertNever(seen)
  }
}

function acceptsSilence({ journey, name }: ConsumerJourney): boolean {
  const { acceptUnknown } = journey.context.train
  const { overrides } = planOf(journey).basis
  return (
    acceptUnknown.includes('ci_verdict') ||
    overrides.some(({ check, repo }) => check === 'ci_verdict' && repo === name)
  )
}
