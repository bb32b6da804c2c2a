import { ConductError } from '@conduct/core'
import type { ForgeRepository } from '@conduct/forge'
import type { CheckedArtifact } from '../context.ts'
import { type Journey, planOf, surveyOf } from '../journey.ts'
import type { Observation, Step } from '../step.ts'
import { stepId } from '../step-id.ts'
import { releaseMarker } from './release-marker.ts'

/** Making a release includes whatever the forge asks us to wait before. */
const releaseTimeoutMs = 10 * 60_000

/**
 * A release at the forge for a tag that was proved to stand: found again by its tag, made once. One that somebody else
 * made of it (a workflow that starts with the tag) is as good, and is left as it is.
 */
export function releaseStep(journey: Journey, artifact: CheckedArtifact, tag: string): Step {
  const { producer } = surveyOf(journey)
  const marker = releaseMarker(journey.run, tag)
  const repository = async (): Promise<ForgeRepository> => {
    const at = await journey.context.forge(producer.name)
    if (at !== null) return at.repository
    throw new ConductError('FORGE_REFUSED', `${producer.name}: a release needs a forge`, {
      hint: `Declare repos.${producer.name}.forge, or forge_release: false.`,
    })
  }
  // Asked before the effect starts, so that nothing but the call itself follows the last check.
  let at: ForgeRepository | null = null
  return {
    id: stepId.forgeRelease(tag),
    phase: 'publish',
    kind: 'forge_release',
    repo: producer.name,
    action: `release ${tag} at the forge of ${producer.name}`,
    irreversible: true,
    observe: async () => {
      at = await repository()
      return observeRelease(at, { artifact, tag, marker })
    },
    effect: {
      timeoutMs: releaseTimeoutMs,
      // A request whose answer got lost may still be under way.
      observationIsImmediate: false,
      harmlessErrors: ['FORGE_LIMITED', 'FORGE_REFUSED', 'FORGE_CREDENTIALS'],
      preconditions: async () => {
        const standing = await producer.mirror.remoteTag(tag)
        if (standing === producer.commit) return
        const where = standing === null ? 'is gone' : `stands for ${standing}`
        throw new ConductError(
          'EXPECTED_STATE',
          `${producer.name}: ${tag} ${where}, and a release would make it anew`,
        )
      },
      act: async () => {
        const { release } = await (at ?? (await repository())).createRelease({
          tag,
          commit: producer.commit,
          title: `${artifact.name} ${artifact.version}`,
          body: bodyOf(journey, artifact),
          marker,
          isPrerelease: artifact.version.includes('-'),
        })
        return { outcome: 'acted', facts: { release: release.url } }
      },
    },
  }
}

async function observeRelease(
  repository: ForgeRepository,
  wanted: { readonly artifact: CheckedArtifact; readonly tag: string; readonly marker: string },
): Promise<Observation> {
  const { artifact, tag, marker } = wanted
  const found = await repository.readRelease(tag)
  if (found.state === 'unknown') return { state: 'unknown', evidence: found.reason }
  if (found.state === 'absent') return { state: 'expected', evidence: `${tag} has no release` }
  const { url, body } = found.value
  const isOurs = body.includes(marker)
  return {
    state: 'goal',
    evidence: isOurs ? `${tag} is released: ${url}` : `somebody else has released ${tag}: ${url}`,
    facts: { package: artifact.name, tag, release: url, isOurs },
  }
}

/** What is known when the tag stands; where the run went from there, its report says. */
function bodyOf(journey: Journey, { name, version, registry, packed }: CheckedArtifact): string {
  const { commit } = surveyOf(journey).producer
  const plan = planOf(journey)
  return [
    `${name} ${version}, published by run ${journey.run} of train ${journey.context.trainName}.`,
    '',
    '| | |',
    '|---|---|',
    `| commit | ${commit} |`,
    `| registry | ${registry} |`,
    `| integrity | ${packed === null ? 'as the command that publishes shows it' : `\`${packed.integrity}\``} |`,
    `| plan | ${plan.id} (\`${plan.hash}\`) |`,
  ].join('\n')
}
