import { type Adopted, ConductError, type CommitId, isConductError, toCommitId } from '@conduct/core'
import type { Adopter } from '@conduct/ecosystems'
import { makeAdoptionCommit } from '../adoption/make-commit.ts'
import { type WantedPackage, isNamed, lockfileProblem } from '../adoption/prove-lockfile.ts'
import { checkConsumer } from '../check/check-consumer.ts'
import type { FrozenConsumer } from '../context.ts'
import {
  type ConsumerJourney,
  type ConsumerPhase,
  artifactsOf,
  noteLooked,
  planOf,
  surveyOf,
  travelOf,
} from '../journey.ts'
import { intendedCommits } from '../journal/begun.ts'
import { preflightConsumer } from '../preflight/preflight-train.ts'
import { refuseUnlessGreen } from '../preflight/refuse-unless-green.ts'
import { type Observation, type Step, takeStep } from '../step.ts'
import { stepId } from '../step-id.ts'
import { resurveyConsumer } from '../survey/resurvey-consumer.ts'

/** How often the main of one consumer may move away under us before the run stops. */
const racesMax = 3
const pushTimeoutMs = 5 * 60_000

/** The consumer's manifest and lockfile, read back and proved; one commit, pushed by compare-and-set. */
export const adopt: ConsumerPhase = {
  name: 'adopt',
  per: 'consumer',
  run: async (traveller) => {
    const wanted = wantedBy(traveller)
    const { adopter, via } = traveller.consumer
    if (via === 'none' || wanted.length === 0 || adopter === null) return leaveAsItIs(traveller)
    if (via === 'pull_request') {
      throw new ConductError('ADOPT_REFUSED', `${traveller.name}: adopting by pull request needs a forge`, {
        hint: 'Declare adopt: { via: push } for this consumer; forges are not supported yet.',
      })
    }
    const surveyed: CommitId[] = [plannedHead(traveller)]
    for (let races = 0; races < racesMax; races += 1) {
      await followMain(traveller, surveyed)
      try {
        const done = await takeStep(
          travelOf(traveller.journey),
          adoptStep(traveller, { adopter, wanted, surveyed }),
        )
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
  },
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

/** The commit that was judged before the first effect. */
function plannedHead(traveller: ConsumerJourney): CommitId {
  const { journey, name, consumer } = traveller
  return planOf(journey).repos.find((repo) => repo.repo === name)?.commit ?? consumer.commit
}

/**
 * Follows main where it went since this repo was judged: surveyed, preflighted and tried again (`on_move: retry`),
 * or the run stops. Our own commit on main is no move.
 */
async function followMain(traveller: ConsumerJourney, surveyed: CommitId[]): Promise<void> {
  const { journey, consumer, name } = traveller
  const head = await consumer.mirror.remoteHead(consumer.main)
  const judged = surveyed.at(-1)
  if (head === null || head === judged || (await isOwnCommitOn(traveller, head)) !== null) return
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
  const rows = await preflightConsumer(journey.context, survey, fresh, {
    overrides: journey.request.overrides,
    publishedByThisRun: new Set(
      artifactsOf(journey).map((artifact) => `${artifact.name}@${artifact.version}`),
    ),
  })
  refuseUnlessGreen(journey.context, new Map([[name, rows]]))
  await checkConsumer(journey.context, survey, fresh, artifactsOf(journey))
  traveller.consumer = fresh
  surveyed.push(fresh.commit)
  journey.context.emit({
    type: 'warning',
    code: 'MAIN_MOVED',
    message: `${name}: ${fresh.main} moved from ${judged ?? 'nothing'} to ${fresh.commit}; it was surveyed, preflighted and tried again`,
  })
}

interface Adoption {
  readonly adopter: Adopter
  readonly wanted: readonly WantedPackage[]
  readonly surveyed: readonly CommitId[]
}

function adoptStep(traveller: ConsumerJourney, adoption: Adoption): Step {
  const { journey, consumer, name } = traveller
  const travel = travelOf(journey)
  const packages = adoption.wanted.map((one) => `${one.name}@${one.version}`).join(', ')
  let commit: CommitId | null = null
  return {
    ...headOf(name),
    action: `adopt ${packages} in ${name} (${adoption.adopter.manager}, push)`,
    observe: () => observeMain(traveller, adoption),
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
        return factsOf(traveller, adoption, commit)
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
    | { readonly outcome: 'refused'; readonly reason: string },
): ConductError {
  const { name, consumer } = traveller
  if (pushed.outcome === 'refused') {
    return new ConductError(
      'ADOPT_REFUSED',
      `${name}: the remote refused the push to ${consumer.main}: ${pushed.reason}`,
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

function isLostRace(error: unknown): boolean {
  return isConductError(error, 'EXPECTED_STATE') && error.details['lostRace'] === true
}

/** Our commit on main, or somebody's lockfile that already has it, is the goal; the judged head is expected. */
async function observeMain(traveller: ConsumerJourney, adoption: Adoption): Promise<Observation> {
  const { consumer, name } = traveller
  const head = await consumer.mirror.remoteHead(consumer.main)
  if (head === null) return { state: 'other', evidence: `${name} has no ${consumer.main} any more` }
  const own = await isOwnCommitOn(traveller, head)
  if (own !== null) {
    return {
      state: 'goal',
      evidence: `${consumer.main} of ${name} has ${own.commit}`,
      facts: { ...own.facts, sha: own.commit },
    }
  }
  if (head !== consumer.commit) return movedAway(traveller, head)
  const missing = await lockfileProblems(consumer, adoption)
  if (missing.length > 0) return { state: 'expected', evidence: `${consumer.main} of ${name} at ${head}` }
  return {
    state: 'goal',
    evidence: `the lockfile on ${consumer.main} of ${name} already holds it, at ${head}`,
    facts: factsOf(traveller, adoption, head),
  }
}

function movedAway(traveller: ConsumerJourney, head: CommitId): Observation {
  const { consumer, name } = traveller
  const evidence = `${name}: ${consumer.main} moved from ${consumer.commit} to ${head}`
  return {
    state: 'other',
    evidence,
    error: new ConductError('EXPECTED_STATE', evidence, { details: { lostRace: true } }),
  }
}

async function lockfileProblems(consumer: FrozenConsumer, adoption: Adoption): Promise<readonly string[]> {
  const problems = await Promise.all(
    adoption.wanted.map(async (one) => {
      const locked = await adoption.adopter.read(consumer.tree, one.name)
      return lockfileProblem(locked, one, locked)
    }),
  )
  return problems.filter((problem) => problem !== null)
}

/** A commit that this run meant to push and that main now has: an answer that got lost, or a crash. */
async function isOwnCommitOn(traveller: ConsumerJourney, head: CommitId) {
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
async function isAncestor(consumer: FrozenConsumer, commit: CommitId, head: CommitId): Promise<boolean> {
  try {
    return await consumer.mirror.isAncestor(commit, head)
  } catch (error) {
    if (isConductError(error, 'GIT_FAILED')) return false
    throw error
  }
}

function factsOf(traveller: ConsumerJourney, adoption: Adoption, commit: CommitId): Record<string, unknown> {
  const { consumer, name } = traveller
  const adopted: readonly Adopted[] = adoption.wanted.map((one) => ({
    repo: name,
    package: one.name,
    from: consumer.locked.find((locked) => locked.package === one.name)?.locked.at(-1)?.version ?? null,
    to: one.version,
    commit,
    pullRequest: null,
    surveyed: [...adoption.surveyed],
  }))
  return { commit, sha: commit, adopted }
}
