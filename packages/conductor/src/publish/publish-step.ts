import { ConductError, invariant } from '@conduct/core'
import type { PublishOptions } from '@conduct/ecosystems'
import { askUntil } from '../backoff.ts'
import { type CheckedArtifact, packedOf } from '../context.ts'
import { type Journey, surveyOf, travelOf } from '../journey.ts'
import { secretsWithin } from '../secrets.ts'
import { isProved } from '../journal/begun.ts'
import type { Observation, Step } from '../step.ts'
import { stepId } from '../step-id.ts'
import type { Workplace, WorkplaceOptions } from '../workplace.ts'
import { judgeLive, observeLive, publishFactsOf } from './observe-live.ts'
import { distTagOf } from './dist-tag.ts'
import { declaredRegistries } from '../declared-registries.ts'

/** The registry's client reads the repository's own settings from a worktree at the frozen commit. */
export function surveyed(journey: Journey): WorkplaceOptions {
  const { producer } = surveyOf(journey)
  return { mirror: producer.mirror, commit: () => producer.commit }
}

export function publishStep(journey: Journey, artifact: CheckedArtifact, workplace: Workplace): Step {
  const { name, version, registry, publisher } = artifact
  const { context } = journey
  const { producer } = surveyOf(journey)
  const facts = publishFactsOf(artifact)
  let options: PublishOptions | null = null
  const id = stepId.publish(name, version)
  const look = async () =>
    judgeLive(await observeLive(context, artifact, travelOf(journey).lease.signal), artifact, facts)
  /** What the registry has accepted from this run is waited for, not sent again, however late it shows. */
  const observe = async (): Promise<Observation> => {
    const seen = await look()
    if (seen.state !== 'expected' || !isProved(journey.journal.records(), id)) return seen
    const evidence = `the registry accepted ${name}@${version} from this run, and does not show it yet`
    return { state: 'goal', evidence, facts: { ...facts } }
  }
  return {
    id,
    phase: 'publish',
    kind: 'publish',
    repo: producer.name,
    action: `publish ${name}@${version} to ${registry}`,
    irreversible: true,
    observe,
    effect: {
      timeoutMs: artifact.timeoutMs,
      harmlessErrors: ['PUBLISH_AUTH', 'PUBLISH_OTP', 'PUBLISH_REFUSED'],
      observationIsImmediate: false,
      prepare: async () => {
        options = await publishOptionsOf(journey, artifact, workplace)
        return {}
      },
      act: async ({ signal }) => {
        try {
          invariant(options !== null, 'publishing was prepared')
          await publisher.publish({ ...options, context: { ...options.context, signal } })
        } catch (error) {
          if (!isTaken(error)) throw error
          return { outcome: 'acted', facts: { conflict: true } }
        }
        return { outcome: 'acted' }
      },
      confirm: async (acted) => {
        const wasTaken = acted.outcome === 'acted' && acted.facts?.['conflict'] === true
        // Somebody published it, perhaps we ourselves: what it is can only be compared once it shows.
        const seen = wasTaken ? await observeUntilShown(journey, artifact, observe) : await observe()
        if (seen.state !== 'expected') return seen
        if (wasTaken) {
          return {
            state: 'unknown',
            evidence: `the registry has ${name}@${version} and does not show it yet`,
          }
        }
        return { state: 'goal', evidence: `the registry accepted ${name}@${version}`, facts: { ...facts } }
      },
    },
  }
}

const showFirstWaitMs = 200
const showLongestWaitMs = 10_000

/** Within the time the package has; the last observation, whatever it says. */
export async function observeUntilShown(
  journey: Journey,
  { timeoutMs }: Pick<CheckedArtifact, 'timeoutMs'>,
  observe: () => Promise<Observation>,
): Promise<Observation> {
  const { clock } = journey.context
  const { signal } = travelOf(journey)
  let last = await observe()
  if (last.state !== 'expected') return last
  await askUntil(
    { clock, withinMs: timeoutMs, firstMs: showFirstWaitMs, mostMs: showLongestWaitMs, signal },
    async () => {
      last = await observe()
      return last.state === 'expected' ? null : last
    },
  )
  return last
}

export function isTaken(error: unknown): boolean {
  return error instanceof ConductError && error.code === 'PUBLISH_CONFLICT'
}

/** Exactly the bytes that were checked, with the client's own settings of the repository. */
export async function publishOptionsOf(
  journey: Journey,
  artifact: CheckedArtifact,
  workplace: Workplace,
): Promise<PublishOptions> {
  const { producer } = surveyOf(journey)
  const { context } = journey
  const passEnv = producer.repo.env
  const worktree = await workplace.path()
  return {
    tarball: packedOf(artifact).path,
    package: artifact.discovered,
    worktree,
    distTag: distTagOf(artifact.version),
    timeoutMs: artifact.timeoutMs,
    context: {
      runCommand: context.runCommand,
      passEnv,
      declaredRegistries: declaredRegistries(context.train),
      secrets: await secretsWithin({ cwd: worktree, passEnv }),
    },
  }
}
