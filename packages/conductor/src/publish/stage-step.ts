import { ConductError, assertNever, invariant } from '@conduct/core'
import { integrityOfFile, type ObservedStage, type PublishOptions, type Staging } from '@conduct/ecosystems'
import { type CheckedArtifact, packedOf } from '../context.ts'
import { type Journey, surveyOf, travelOf } from '../journey.ts'
import type { Facts } from '../journal/journal-record.ts'
import type { Observation, Step } from '../step.ts'
import { stepId } from '../step-id.ts'
import { showCommand } from '../template.ts'
import type { Workplace } from '../workplace.ts'
import { judgeLive, mismatch, observeLive, publishFactsOf } from './observe-live.ts'
import { isTaken, publishOptionsOf } from './publish-step.ts'
import { declaredRegistries } from '../declared-registries.ts'

export function stagingOf({ publisher, name }: CheckedArtifact): Staging {
  invariant(publisher.staging !== undefined, `preflight refuses to stage ${name} without a client that can`)
  return publisher.staging
}

/**
 * Puts the packed bytes where only maintainers see them. Its goal: staged, or live already, with the integrity of
 * what was packed. Not irreversible: a person can throw it away; publishing it is theirs, too.
 */
export function stageStep(journey: Journey, artifact: CheckedArtifact, workplace: Workplace): Step {
  const { name, version, registry } = artifact
  const staging = stagingOf(artifact)
  let options: PublishOptions | null = null
  return {
    id: stepId.stage(name, version),
    phase: 'publish',
    kind: 'stage',
    repo: surveyOf(journey).producer.name,
    action: `stage ${name}@${version} at ${registry}`,
    irreversible: false,
    observe: () => observeStagedOrLive(journey, artifact, workplace),
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
          invariant(options !== null, 'staging was prepared')
          const { id } = await staging.stage({ ...options, context: { ...options.context, signal } })
          return { outcome: 'acted', facts: id === null ? {} : { stageId: id } }
        } catch (error) {
          if (!isTaken(error)) throw error
          return { outcome: 'acted', facts: { conflict: true } }
        }
      },
      confirm: async (acted) => {
        const seen = await observeStagedOrLive(journey, artifact, workplace)
        const id = acted.outcome === 'acted' ? acted.facts?.['stageId'] : undefined
        // These credentials may stage and not look (trusted publishing), or the list is behind.
        const isBlind = seen.state === 'expected' || seen.state === 'unknown'
        if (!isBlind || typeof id !== 'string') return notYet(seen, artifact)
        return goal(artifact, { id, how: `the registry accepted it as ${id}` })
      },
    },
  }
}

/** A conflict says that it is there; what is there is not known before it shows. */
function notYet(seen: Observation, { name, version }: CheckedArtifact): Observation {
  if (seen.state !== 'expected') return seen
  return { state: 'unknown', evidence: `the registry has ${name}@${version} and does not show it yet` }
}

async function observeStagedOrLive(
  journey: Journey,
  artifact: CheckedArtifact,
  workplace: Workplace,
): Promise<Observation> {
  const { signal } = travelOf(journey).lease
  const live = await observeLive(journey.context, artifact, signal)
  if (live.state !== 'absent') return judgeLive(live, artifact, publishFactsOf(artifact))
  const { name, version, registry } = artifact
  const staging = stagingOf(artifact)
  const { env: passEnv } = surveyOf(journey).producer.repo
  const declared = declaredRegistries(journey.context.train)
  const worktree = await workplace.path()
  const place = { registry, worktree, passEnv, declaredRegistries: declared, signal }
  return judgeStaged(await staging.observe({ ...place, package: name, version }), {
    artifact,
    stagedIntegrity: (id) => staging.integrity({ ...place, id }),
  })
}

interface StagedQuestion {
  readonly artifact: CheckedArtifact
  readonly stagedIntegrity: (id: string) => Promise<string>
}

async function judgeStaged(
  seen: ObservedStage,
  { artifact, stagedIntegrity }: StagedQuestion,
): Promise<Observation> {
  const { name, version } = artifact
  const packed = packedOf(artifact)
  switch (seen.state) {
    case 'absent':
      return { state: 'expected', evidence: `${name}@${version} is neither staged nor live` }
    case 'unknown':
      return { state: 'unknown', evidence: seen.reason }
    case 'unsupported':
      return {
        state: 'other',
        evidence: seen.reason,
        error: new ConductError('PUBLISH_REFUSED', seen.reason),
      }
    case 'staged': {
      const { id, shasum } = seen.staged
      const listed = shasum === null ? null : Buffer.from(shasum, 'hex').toString('base64')
      const isListedAsOurs =
        listed === null || `sha1-${listed}` === (await integrityOfFile(packed.path, 'sha1'))
      // The list says SHA-1; what is staged is proved by its bytes.
      const integrity = isListedAsOurs ? await stagedIntegrity(id) : `sha1-${listed}`
      if (integrity === packed.integrity)
        return goal(artifact, { id, how: `is staged as ${id} with ${integrity}` })
      return mismatch(
        `${name}@${version} is staged as ${id} with ${integrity}, packed was ${packed.integrity}`,
        `Find out who staged it; a maintainer throws it away with: ${rejectWords(artifact, id)}`,
      )
    }
    default:
      return assertNever(seen)
  }
}

function goal(
  artifact: CheckedArtifact,
  { id, how }: { readonly id: string; readonly how: string },
): Observation {
  const { name, version, registry } = artifact
  // Whoever gives the run up is told how what stays there goes.
  const reject = rejectWords(artifact, id)
  const facts: Facts = { package: name, version, registry, stageId: id, reject }
  return { state: 'goal', evidence: `${name}@${version}: ${how}`, facts }
}

function rejectWords(artifact: CheckedArtifact, id: string): string {
  const { registry } = artifact
  return showCommand({ argv: stagingOf(artifact).rejectCommand({ id, registry }) })
}
