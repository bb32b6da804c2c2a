import { ConductError } from '@conduct/core'
import type { Mirror } from '@conduct/git'
import type { CheckedArtifact, FrozenRepo } from '../context.ts'
import { type Journey, planOf, surveyOf } from '../journey.ts'
import { conductSignature } from '../signature.ts'
import type { Observation, Step } from '../step.ts'
import { stepId } from '../step-id.ts'

const tagTimeoutMs = 60_000

/** An annotated tag at the frozen commit, create-only, after the version was proved to be live. */
export function tagStep(journey: Journey, artifact: CheckedArtifact, tag: string): Step {
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
