import { ConductError, type CommitId, invariant } from '@conduct/core'
import type { ForgeRepository, WorkflowRun } from '@conduct/forge'
import {
  type BegunDispatch,
  type DispatchFacts,
  appearsWithinMs,
  lookForBegun,
  maybeDispatched,
  undecidedDispatch,
} from '../begun-dispatch.ts'
import { type CheckedArtifact, packedOf } from '../context.ts'
import { type Journey, surveyOf, travelOf } from '../journey.ts'
import { hasUnprovedIntent, maybePublished } from '../journal/begun.ts'
import type { Facts } from '../journal/journal-record.ts'
import { type Observation, type Step, takeStep } from '../step.ts'
import { stepId } from '../step-id.ts'
import { compareProvenance } from './compare-provenance.ts'
import { observeLive } from './observe-live.ts'
import { observeUntilShown } from './publish-step.ts'

const dispatchTimeoutMs = 180_000

/**
 * CI publishes: the workflow is dispatched once, found again by our id in its name, watched to its end; then what
 * appeared in the registry is compared, package by package, with what was packed here or with the commit of its
 * provenance.
 *
 * @returns the artifacts with the integrity that the registry serves, which was proved.
 */
export async function publishByWorkflow(
  journey: Journey,
  artifacts: readonly CheckedArtifact[],
  file: string,
): Promise<readonly CheckedArtifact[]> {
  const travel = travelOf(journey)
  const { producer } = surveyOf(journey)
  const at = await journey.context.forge(producer.name)
  invariant(at !== null, 'preflight refuses a workflow where there is no forge')
  const step = dispatchStep(journey, at.repository, file)
  if (await areAllLive(journey, artifacts)) {
    // What is live needs no workflow: one that a dead writer had begun is closed, never begun again.
    if (hasUnprovedIntent(journey.journal.records(), step.id)) await takeStep(travel, closed(step))
  } else {
    const { facts } = await takeStep(travel, step)
    await watchToItsEnd(journey, { repository: at.repository, file, run: runIn(facts), artifacts })
  }
  const proved: CheckedArtifact[] = []
  for (const artifact of artifacts) {
    const { facts } = await takeStep(travel, appearanceStep(journey, artifact, file))
    proved.push({ ...artifact, packed: { ...packedOf(artifact), integrity: String(facts['integrity']) } })
  }
  return proved
}

async function areAllLive(journey: Journey, artifacts: readonly CheckedArtifact[]): Promise<boolean> {
  const seen = await Promise.all(
    artifacts.map((artifact) => observeLive(journey.context, artifact, travelOf(journey).lease.signal)),
  )
  return seen.every(({ state }) => state === 'present')
}

function closed({ id, phase, kind, repo, action, irreversible }: Step): Step {
  const evidence = 'everything that it was to publish is live'
  return {
    id,
    phase,
    kind,
    repo,
    action,
    irreversible,
    isMadeElsewhere: true,
    observe: async () => ({ state: 'goal', evidence }),
  }
}

/** The same for every writer of this run, so that nobody dispatches it twice. */
export function conductRunOf({ run }: Pick<Journey, 'run'>): string {
  return `${run}-publish`
}

function dispatchStep(journey: Journey, repository: ForgeRepository, file: string): Step {
  const { producer } = surveyOf(journey)
  const conductRun = conductRunOf(journey)
  const id = stepId.publishWorkflow(file)
  const begun: BegunDispatch = { repository, file, ref: producer.main, inputs: {}, conductRun }
  const { clock } = journey.context
  /** This process has looked for what it sent itself. */
  let hasLooked = false
  return {
    id,
    phase: 'publish',
    kind: 'publish_workflow',
    repo: producer.name,
    action: `dispatch ${file} of ${repository.fullName} at ${producer.commit.slice(0, 7)}`,
    irreversible: true,
    observe: async () => {
      const isBegun = maybeDispatched(journey.journal.records(), { step: id, conductRun })
      const found =
        isBegun && !hasLooked
          ? await lookForBegun(begun, { clock, signal: travelOf(journey).signal })
          : await repository.findWorkflowRun({ file, conductRun })
      if (found.state === 'unknown') return { state: 'unknown', evidence: found.reason }
      if (found.state === 'present') return judgeRun(found.value, producer.commit, conductRun)
      if (!isBegun) return { state: 'expected', evidence: `no run of ${file} shows ${conductRun}` }
      const error = undecidedDispatch(begun)
      return { state: 'unknown', evidence: error.message, error }
    },
    effect: {
      timeoutMs: dispatchTimeoutMs,
      observationIsImmediate: false,
      harmlessErrors: ['FORGE_REFUSED', 'FORGE_LIMITED'],
      prepare: async () => ({ conductRun }) satisfies DispatchFacts & Facts,
      // A workflow runs at the head of a branch: that has to be the commit everything was judged at.
      preconditions: async () => {
        const head = await producer.mirror.remoteHead(producer.main)
        if (head === producer.commit) return
        const moved = `${producer.main} moved to ${head ?? 'nothing'}, and the workflow would publish that`
        throw new ConductError('EXPECTED_STATE', `${producer.name}: ${moved}`, {
          next: `${journey.context.launcher} resume ${journey.run} --replan`,
        })
      },
      act: async () => {
        const sent = await repository.dispatchWorkflow({ ...begun, appearsWithinMs })
        if (sent.outcome === 'unsent')
          return { outcome: 'refused', error: new ConductError('FORGE_UNREACHABLE', sent.reason) }
        hasLooked = true
        if (sent.outcome === 'unseen') throw undecidedDispatch(begun, sent.reason)
        return { outcome: 'acted', facts: runFacts(sent.run) }
      },
    },
  }
}

function judgeRun(run: WorkflowRun, commit: CommitId, conductRun: string): Observation {
  const evidence = `run ${run.id} shows ${conductRun} and runs at ${run.head.slice(0, 7)} (${run.url})`
  if (run.head === commit) return { state: 'goal', evidence, facts: runFacts(run) }
  return { state: 'other', evidence: `${evidence}, not at ${commit.slice(0, 7)}: main moved in between` }
}

function runFacts({ id, url, head }: WorkflowRun): Readonly<Record<string, unknown>> {
  return { workflowRun: id, url, head }
}

function runIn(facts: Readonly<Record<string, unknown>>): number {
  const id = facts['workflowRun']
  invariant(typeof id === 'number', 'the proof of a dispatch names its run')
  return id
}

/** A watcher that sees nothing says nothing; a run that failed may have published some of it. */
export async function watchToItsEnd(
  journey: Journey,
  options: {
    readonly repository: ForgeRepository
    readonly file: string
    readonly run: number
    readonly artifacts: readonly CheckedArtifact[]
  },
): Promise<void> {
  const { repository, file, run, artifacts } = options
  const withinMs = Math.max(...artifacts.map(({ timeoutMs }) => timeoutMs))
  const watched = await repository.watchWorkflowRun({ id: run, withinMs })
  travelOf(journey).throwIfStopped()
  if (watched.outcome === 'succeeded') return
  if (await areAllLive(journey, artifacts)) return
  if (watched.outcome === 'unknown') {
    throw new ConductError('OUTCOME_UNKNOWN', `run ${run} of ${file}: ${watched.reason}`)
  }
  const { url, status, conclusion } = watched.run
  if (watched.outcome === 'waiting') {
    throw new ConductError(
      'PUBLISH_WORKFLOW_WAITS',
      `${file} is ${status} after ${withinMs / 1000} s: ${url}`,
    )
  }
  const live = await namesOfLive(journey, artifacts)
  const published = live.length === 0 ? 'nothing of it is live' : `${live.join(', ')} is live`
  throw new ConductError('PUBLISH_WORKFLOW_FAILED', `${file} ended with ${conclusion}; ${published}: ${url}`)
}

async function namesOfLive(
  journey: Journey,
  artifacts: readonly CheckedArtifact[],
): Promise<readonly string[]> {
  const seen = await Promise.all(
    artifacts.map(async (artifact) => {
      const { state } = await observeLive(journey.context, artifact, travelOf(journey).lease.signal)
      return state === 'present' ? [`${artifact.name}@${artifact.version}`] : []
    }),
  )
  return seen.flat()
}

/** What the workflow published: looked at until it shows, and compared. */
function appearanceStep(journey: Journey, artifact: CheckedArtifact, file: string): Step {
  const { name, version, registry } = artifact
  const { producer } = surveyOf(journey)
  const { signal } = travelOf(journey).lease
  const observe = async (): Promise<Observation> => {
    const seen = await observeLive(journey.context, artifact, signal)
    return compareProvenance(seen, { artifact, commit: producer.commit, signal })
  }
  return {
    id: stepId.publish(name, version),
    phase: 'publish',
    kind: 'publish',
    repo: producer.name,
    action: `${file} publishes ${name}@${version} to ${registry}`,
    irreversible: true,
    ...(maybePublished(journey.journal.records()).has(`${name}@${version}`) ? { isMadeElsewhere: true } : {}),
    observe: async () => {
      const seen = await observeUntilShown(journey, artifact, observe)
      if (seen.state !== 'expected') return seen
      return {
        state: 'unknown',
        evidence: `${file} ended well, and ${registry} does not show ${name}@${version}`,
      }
    },
  }
}
