import { ConductError } from '@conduct/core'
import type { CheckedArtifact } from '../context.ts'
import { type Journey, type PhaseOutcome, surveyOf, travelOf } from '../journey.ts'
import { type Observation, takeStep } from '../step.ts'
import { stepId } from '../step-id.ts'
import { showCommand } from '../template.ts'
import { openWorkplace } from '../workplace.ts'
import { judgeLive, mismatch, observeLive, publishFactsOf } from './observe-live.ts'
import { observeUntilShown, surveyed } from './publish-step.ts'
import { stagingOf } from './stage-step.ts'
import { declaredRegistries } from '../declared-registries.ts'

/** A lane kept while waiting (`while_waiting: hold`) is not kept for ever. */
const holdMsMax = 24 * 3_600_000
const lookAgainMs = 5000

/** What waits for a person, with the id that the registry gave it; null where nobody could read it. */
export interface Waiting {
  readonly artifact: CheckedArtifact
  readonly stageId: string | null
}

export type HandedOver =
  | { readonly outcome: 'live'; readonly artifacts: readonly CheckedArtifact[] }
  | Extract<PhaseOutcome, { readonly outcome: 'waiting' }>

/**
 * Gives what is staged into the hands of a person: only they have the second factor that publishes it. One approval
 * for all of them; the commands are printed, and the run waits (or stops, to be resumed).
 *
 * @param waiting in the order of publication
 * @returns those that have become live since, their steps written down; or that the run waits.
 * @throws ConductError STAGE_GONE  neither waiting nor live: it was thrown away, or approved and nobody sees it yet.
 */
export async function handOver(journey: Journey, waiting: readonly Waiting[]): Promise<HandedOver> {
  const { clock, config, train } = journey.context
  const isHeld = config.lanes.get(train.lane)?.approval?.whileWaiting === 'hold'
  const until = clock.monotonicMs() + (isHeld ? holdMsMax : 0)
  const { signal } = travelOf(journey)
  await using workplace = openWorkplace(surveyed(journey))
  const handing: Handing = { journey, waiting, worktree: await workplace.path() }
  for (;;) {
    travelOf(journey).throwIfStopped()
    const live = await findApproved(handing)
    if (live.length > 0) return { outcome: 'live', artifacts: live }
    const error = await missingApproval(handing)
    if (clock.monotonicMs() >= until) return { outcome: 'waiting', summary: error.message, error }
    journey.context.emit({ type: 'progress', message: error.message })
    await clock.sleep(lookAgainMs, signal)
  }
}

interface Handing {
  readonly journey: Journey
  readonly waiting: readonly Waiting[]
  /** At the frozen commit: its .npmrc may hold the credentials. */
  readonly worktree: string
}

async function findApproved(handing: Handing): Promise<readonly CheckedArtifact[]> {
  const { journey } = handing
  const live: CheckedArtifact[] = []
  for (const one of handing.waiting) {
    const { artifact } = one
    const seen = await observeDecision(handing, one)
    if (seen.state === 'expected') continue
    await takeStep(travelOf(journey), {
      id: stepId.publish(artifact.name, artifact.version),
      phase: 'publish',
      kind: 'publish',
      repo: surveyOf(journey).producer.name,
      action: `approval of ${artifact.name}@${artifact.version} at ${artifact.registry} by a person`,
      irreversible: true,
      isMadeElsewhere: true,
      observe: async () => seen,
    })
    live.push(artifact)
  }
  return live
}

/** `expected` while it still waits; once it does not, it has to show before anything can be said. */
async function observeDecision(
  { journey, worktree }: Handing,
  { artifact, stageId }: Waiting,
): Promise<Observation> {
  const { signal } = travelOf(journey).lease
  const { name, version, registry } = artifact
  const observe = async (): Promise<Observation> =>
    judgeLive(await observeLive(journey.context, artifact, signal), artifact, publishFactsOf(artifact))
  const seen = await observe()
  if (seen.state !== 'expected') return seen
  const { env: passEnv } = surveyOf(journey).producer.repo
  const declared = declaredRegistries(journey.context.train)
  const place = { registry, worktree, passEnv, declaredRegistries: declared, signal }
  const staged = await stagingOf(artifact).observe({ ...place, package: name, version })
  if (staged.state === 'staged') {
    const isOurs = stageId === null || staged.staged.id === stageId
    return isOurs
      ? seen
      : mismatch(
          `${name}@${version} was staged by us as ${stageId}, and is now staged as ${staged.staged.id}`,
        )
  }
  // Who may not look has to believe that it still waits; the packument says when it does not.
  if (staged.state !== 'absent') return seen
  const shown = await observeUntilShown(journey, artifact, observe)
  if (shown.state !== 'expected') return shown
  const evidence = `${name}@${version} is neither staged nor live at ${registry} any more`
  return { state: 'unknown', evidence, error: new ConductError('STAGE_GONE', evidence) }
}

/** Says what to type; ids that nobody could read are named as such. */
async function missingApproval(handing: Handing): Promise<ConductError> {
  const { waiting } = handing
  const names = waiting.map(({ artifact: { name, version } }) => `${name}@${version}`).join(', ')
  const typeFirst = (await approveCommands(handing)).join(' && ')
  const message = `${names} ${waiting.length === 1 ? 'is' : 'are'} staged; a maintainer has to approve with their second factor`
  return new ConductError('STAGE_APPROVAL_MISSING', message, {
    ...(typeFirst === '' ? {} : { hint: `A maintainer types: ${typeFirst}` }),
    details: { staged: waiting.map(({ stageId }) => stageId), ...(typeFirst === '' ? {} : { typeFirst }) },
  })
}

/** One command for all where the client can; each registry by itself. */
async function approveCommands({ journey, waiting, worktree }: Handing): Promise<readonly string[]> {
  const known = waiting.flatMap(({ artifact, stageId }) => (stageId === null ? [] : [{ artifact, stageId }]))
  const byRegistry = Map.groupBy(known, ({ artifact }) => artifact.registry)
  const commands: string[] = []
  for (const [registry, some] of byRegistry) {
    const [first] = some
    if (first === undefined) continue
    const { runCommand, signal } = journey.context
    const argvs = await stagingOf(first.artifact).approveCommands({
      ids: some.map(({ stageId }) => stageId),
      registry,
      worktree,
      context: { runCommand, signal },
    })
    commands.push(...argvs.map((argv) => showCommand({ argv })))
  }
  return commands
}
