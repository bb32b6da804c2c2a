import { ConductError, assertNever } from '@conduct/core'
import type { Mirror } from '@conduct/git'
import type { CheckedArtifact, FrozenRepo } from '../context.ts'
import { type Journey, type TrainPhase, artifactsOf, planOf, surveyOf, travelOf } from '../journey.ts'
import type { PublishFacts } from '../journal/outcomes.ts'
import { conductSignature } from '../signature.ts'
import { type Observation, type Step, takeStep } from '../step.ts'
import { secretsWithin } from '../secrets.ts'
import { stepId } from '../step-id.ts'
import { type Workplace, type WorkplaceOptions, openWorkplace } from '../workplace.ts'

const tagTimeoutMs = 60_000

/** To the registry in dependency order, exactly the bytes that were checked; each tag after its proof. */
export const publish: TrainPhase = {
  name: 'publish',
  per: 'train',
  run: async (journey) => {
    const survey = surveyOf(journey)
    if (survey.catchUp) return { outcome: 'skipped', summary: 'a catch-up train publishes nothing' }
    const artifacts = artifactsOf(journey)
    if (artifacts.length === 0) return { outcome: 'skipped', summary: 'the train has no library' }
    const travel = travelOf(journey)
    for (const artifact of artifacts) {
      await using workplace = openWorkplace(surveyed(journey))
      await takeStep(travel, publishStep(journey, artifact, workplace))
      if (artifact.tag !== null) await takeStep(travel, tagStep(journey, artifact, artifact.tag))
    }
    const names = artifacts.map(({ name, version }) => `${name} ${version}`)
    return { outcome: 'done', summary: names.join(', ') }
  },
}

/** The registry's client reads the repository's own settings from a worktree at the frozen commit. */
function surveyed(journey: Journey): WorkplaceOptions {
  const { producer } = surveyOf(journey)
  return { mirror: producer.mirror, commit: () => producer.commit }
}

function publishStep(journey: Journey, artifact: CheckedArtifact, workplace: Workplace): Step {
  const { name, version, registry, publisher, packed } = artifact
  const { context } = journey
  const { producer } = surveyOf(journey)
  const facts: PublishFacts = { package: name, version, integrity: packed.integrity, registry }
  let worktree = ''
  let secrets: readonly string[] = []
  const observe = () => observePublished(journey, artifact, facts)
  return {
    id: stepId.publish(name, version),
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
        worktree = await workplace.path()
        secrets = await secretsWithin({ cwd: worktree, passEnv: producer.repo.env })
        return {}
      },
      act: async ({ signal }) => {
        try {
          await publisher.publish({
            tarball: packed.path,
            package: artifact.discovered,
            worktree,
            distTag: distTagOf(version),
            timeoutMs: artifact.timeoutMs,
            context: {
              runCommand: context.runCommand,
              signal,
              passEnv: producer.repo.env,
              secrets,
            },
          })
        } catch (error) {
          if (!isTaken(error)) throw error
          return { outcome: 'acted', facts: { conflict: true } }
        }
        return { outcome: 'acted' }
      },
      confirm: async (acted) => {
        const seen = await observe()
        const wasTaken = acted.outcome === 'acted' && acted.facts?.['conflict'] === true
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

async function observePublished(
  journey: Journey,
  artifact: CheckedArtifact,
  facts: PublishFacts,
): Promise<Observation> {
  const { name, version, registry, publisher, packed } = artifact
  const seen = await publisher.observe({
    package: name,
    version,
    registry,
    signal: travelOf(journey).lease.signal,
  })
  switch (seen.state) {
    case 'absent':
      return { state: 'expected', evidence: `${name}@${version} is not live` }
    case 'unknown':
      return { state: 'unknown', evidence: seen.reason }
    case 'present':
      if (seen.integrity === packed.integrity) {
        return {
          state: 'goal',
          evidence: `${name}@${version} is live with ${seen.integrity}`,
          facts: { ...facts },
        }
      }
      return mismatch(`${name}@${version} is live with ${seen.integrity}, packed was ${packed.integrity}`)
    default:
      return assertNever(seen)
  }
}

function mismatch(evidence: string): Observation {
  return { state: 'other', evidence, error: new ConductError('INTEGRITY_MISMATCH', evidence) }
}

function isTaken(error: unknown): boolean {
  return error instanceof ConductError && error.code === 'PUBLISH_CONFLICT'
}

/** A prerelease never becomes what people get without asking for it. */
export function distTagOf(version: string): string {
  const prerelease = /^\d+\.\d+\.\d+-(?<word>[a-z]+)?/iu.exec(version)
  if (prerelease === null) return 'latest'
  return prerelease.groups?.['word'] ?? 'next'
}

function tagStep(journey: Journey, artifact: CheckedArtifact, tag: string): Step {
  const { producer } = surveyOf(journey)
  return {
    id: stepId.tag(tag),
    phase: 'publish',
    kind: 'tag',
    repo: producer.name,
    action: `tag ${producer.commit.slice(0, 7)} as ${tag}`,
    irreversible: true,
    observe: () => observeTag(producer, artifact, tag),
    effect: {
      timeoutMs: tagTimeoutMs,
      observationIsImmediate: true,
      harmlessErrors: ['GIT_REF_INVALID'],
      act: async ({ signal }) => {
        const pushed = await pushTag(producer.mirror, {
          tag,
          producer,
          message: `${artifact.name} ${artifact.version}\n\nConduct-Run: ${journey.run}`,
          wallMs: Date.parse(planOf(journey).createdAt),
          signal,
        })
        if (pushed.outcome === 'pushed') return { outcome: 'acted' }
        const reason =
          pushed.outcome === 'lost'
            ? `${tag} exists already at ${pushed.actual ?? 'another commit'}`
            : pushed.reason
        const code = pushed.outcome === 'lost' ? 'EXPECTED_STATE' : 'TAG_REFUSED'
        return { outcome: 'refused', error: new ConductError(code, `${producer.name}: ${reason}`) }
      },
    },
  }
}

async function observeTag(
  producer: FrozenRepo,
  artifact: CheckedArtifact,
  tag: string,
): Promise<Observation> {
  const at = await producer.mirror.remoteTag(tag)
  if (at === null) return { state: 'expected', evidence: `no tag ${tag} at the remote` }
  if (at !== producer.commit) {
    return { state: 'other', evidence: `${tag} stands for ${at}, not for ${producer.commit}` }
  }
  return {
    state: 'goal',
    evidence: `${tag} stands for ${at}`,
    facts: { package: artifact.name, tag, commit: at },
  }
}

async function pushTag(
  mirror: Mirror,
  options: {
    readonly tag: string
    readonly producer: FrozenRepo
    readonly message: string
    readonly wallMs: number
    readonly signal: AbortSignal
  },
) {
  const source = await mirror.createTag({
    name: options.tag,
    commit: options.producer.commit,
    message: options.message,
    tagger: conductSignature(options.wallMs),
  })
  return mirror.push({ source, ref: `refs/tags/${options.tag}`, expect: null, signal: options.signal })
}
