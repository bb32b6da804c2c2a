import { ConductError, type CommitId, toCommitId } from '@conduct/core'
import {
  adoptByPullRequest,
  isLostRace,
  type PullRequestAdoption,
} from '../adoption/adopt-by-pull-request.ts'
import { followMain, plannedHead } from '../adoption/follow-main.ts'
import { makeAdoptionCommit } from '../adoption/make-commit.ts'
import { type Adoption, adoptFacts, observeMain } from '../adoption/observe-main.ts'
import { hasProposed } from '../adoption/proposal.ts'
import { isProtectedMain } from '../adoption/protected-main.ts'
import { type WantedPackage, isNamed } from '../adoption/prove-lockfile.ts'
import {
  type ConsumerJourney,
  type ConsumerPhase,
  artifactsOf,
  noteLooked,
  planOf,
  travelOf,
} from '../journey.ts'
import { type Step, takeStep } from '../step.ts'
import { stepId } from '../step-id.ts'

/** How often the main of one consumer may move away under us before the run stops. */
const racesMax = 3
const pushTimeoutMs = 5 * 60_000

/**
 * The consumer's manifest and lockfile, read back and proved; one commit, pushed by compare-and-set, or through a
 * pull request.
 */
export const adopt: ConsumerPhase = {
  name: 'adopt',
  per: 'consumer',
  run: async (traveller) => {
    const wanted = wantedBy(traveller)
    const { adopter, via } = traveller.consumer
    if (via === 'none' || wanted.length === 0 || adopter === null) return leaveAsItIs(traveller)
    const surveyed: CommitId[] = [plannedHead(traveller)]
    const adoption = { adopter, wanted, surveyed }
    // What was proposed once is gone on with, also where the plan says push.
    if (via === 'pull_request' || hasProposed(traveller)) {
      return adoptByPullRequest(traveller, adoption, { racesMax })
    }
    try {
      return await adoptByPush(traveller, adoption)
    } catch (error) {
      const { name, consumer, journey } = traveller
      const { main } = consumer
      if (!(await isProtectedMain(journey.context, { name, main, error, does: 'adopts' }))) throw error
      return adoptByPullRequest(traveller, adoption, { racesMax })
    }
  },
}

async function adoptByPush(traveller: ConsumerJourney, adoption: PullRequestAdoption): Promise<void> {
  const { surveyed } = adoption
  for (let races = 0; races < racesMax; races += 1) {
    const head = await followMain(traveller, surveyed)
    try {
      const done = await takeStep(travelOf(traveller.journey), adoptStep(traveller, adoption, head))
      traveller.sha = toCommitId(String(done.facts['sha']))
      return
    } catch (error) {
      if (!isLostRace(error)) throw error
    }
  }
  const heads = surveyed.map((commit) => commit.slice(0, 7)).join(', ')
  throw new ConductError(
    'ADOPT_RACE',
    `${traveller.name}: main moved ${racesMax} times while we worked (${heads})`,
  )
}

function wantedBy(traveller: ConsumerJourney): readonly WantedPackage[] {
  const { consumer, journey } = traveller
  const named = new Set(consumer.locked.filter(isNamed).map((locked) => locked.package))
  return artifactsOf(journey)
    .filter(({ name }) => named.has(name))
    .map(({ name, version }) => ({
      name,
      version,
      integrity: journey.luggage.integrities.get(name) ?? null,
    }))
}

async function leaveAsItIs(traveller: ConsumerJourney): Promise<void> {
  const { journey, consumer, name } = traveller
  traveller.sha = consumer.commit
  const why = consumer.via === 'none' ? 'adopt: none' : 'its manifests name no package of the train'
  await noteLooked(journey, journey.context.clock.wallMs(), [
    {
      step: { ...headOf(name), action: `adopt in ${name}` },
      state: 'skipped',
      evidence: `nothing was adopted: ${why}`,
      facts: {},
    },
  ])
}

function headOf(repo: string) {
  return { id: stepId.adopt(repo), phase: 'adopt', kind: 'adopt', repo, irreversible: true } as const
}

/** @param justRead what the first look at main would read again. */
function adoptStep(traveller: ConsumerJourney, adoption: Adoption, justRead: CommitId | null): Step {
  const { journey, consumer, name } = traveller
  const travel = travelOf(journey)
  const packages = adoption.wanted.map((one) => `${one.name}@${one.version}`).join(', ')
  let commit: CommitId | null = null
  let first = justRead
  return {
    ...headOf(name),
    action: `adopt ${packages} in ${name} (${adoption.adopter.manager}, push)`,
    observe: () => {
      const head = first
      first = null
      return observeMain(traveller, adoption, head)
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
          signal: travel.signal,
        })
        return { ...adoptFacts(traveller, adoption, commit) }
      },
      act: async ({ signal }) => {
        const pushed = await consumer.mirror.push({
          source: commit ?? '',
          ref: `refs/heads/${consumer.main}`,
          expect: consumer.commit,
          signal,
        })
        if (pushed.outcome === 'pushed') return { outcome: 'acted' }
        return { outcome: 'refused', error: notPushed(traveller, pushed) }
      },
    },
  }
}

function notPushed(
  traveller: ConsumerJourney,
  pushed:
    | { readonly outcome: 'lost'; readonly actual: string | null }
    | { readonly outcome: 'refused'; readonly reason: string; readonly isProtected: boolean },
): ConductError {
  const { name, consumer } = traveller
  if (pushed.outcome === 'refused') {
    return new ConductError(
      'ADOPT_REFUSED',
      `${name}: the remote refused the push to ${consumer.main}: ${pushed.reason}`,
      { details: { repo: name, isProtected: pushed.isProtected } },
    )
  }
  const to = pushed.actual ?? 'nothing'
  return new ConductError(
    'EXPECTED_STATE',
    `${name}: ${consumer.main} moved from ${consumer.commit} to ${to}`,
    {
      details: { lostRace: true },
    },
  )
}
