import type { ForgeRepository, Release } from '@conduct/forge'
import { releaseMarker } from '../publish/release-marker.ts'
import { stepId } from '../step-id.ts'
import type { Observation, Step } from '../step.ts'
import type { UndoTravel } from './place.ts'

const withdrawTimeoutMs = 2 * 60_000
const mark = '<!-- conduct: withdrawn -->'

interface Withdrawn {
  readonly tag: string
  /** The version that stood before; null: none, or it is not known. */
  readonly before: string | null
  readonly action: string
}

/**
 * Says of the run's own release that it was taken back, as a registry says it of the version: it is no longer shown as
 * the latest, and whoever reads it is told. Tag, files and words stay; nothing published is deleted.
 *
 * @returns null where the producer has no forge any more.
 */
export async function withdrawReleaseStep(
  travel: UndoTravel,
  { tag, before, action }: Withdrawn,
): Promise<Step | null> {
  const { repo } = travel.plan.basis.producer
  const at = await travel.context.forge(repo)
  if (at === null) return null
  const { repository } = at
  const marker = releaseMarker(travel.run, tag)
  let release: Release | null = null
  return {
    id: stepId.withdrawRelease(tag),
    phase: 'undo',
    kind: 'withdraw_release',
    repo,
    action,
    irreversible: false,
    observe: async () => {
      const seen = await look(repository, { tag, marker })
      release = seen.release
      return seen.observation
    },
    effect: {
      timeoutMs: withdrawTimeoutMs,
      observationIsImmediate: false,
      harmlessErrors: ['FORGE_LIMITED', 'FORGE_REFUSED', 'FORGE_CREDENTIALS'],
      act: async () => {
        if (release === null) throw new Error('invariant broken: no release was observed to withdraw')
        const { url } = await repository.amendRelease({
          id: release.id,
          title: `${release.title} (withdrawn)`,
          body: `${mark}\n> **Withdrawn** by its maintainers (Conduct run ${travel.run})${before === null ? '' : `; use ${before}`}.\n\n${release.body}`,
          // The one flag that keeps a release from being the latest for whoever asks for that.
          isPrerelease: true,
        })
        return { outcome: 'acted', facts: { release: url } }
      },
    },
  }
}

async function look(
  repository: ForgeRepository,
  { tag, marker }: { readonly tag: string; readonly marker: string },
): Promise<{ readonly release: Release | null; readonly observation: Observation }> {
  const found = await repository.readRelease(tag)
  if (found.state === 'unknown') {
    return { release: null, observation: { state: 'unknown', evidence: found.reason } }
  }
  if (found.state === 'absent') {
    return { release: null, observation: { state: 'goal', evidence: `${tag} has no release` } }
  }
  const release = found.value
  const facts = { tag, release: release.url }
  if (release.body.includes(mark)) {
    return { release, observation: { state: 'goal', evidence: `${release.url} says it is withdrawn`, facts } }
  }
  if (!release.body.includes(marker)) {
    const evidence = `${release.url} is not the release that this run made: it is left alone`
    return { release, observation: { state: 'other', evidence } }
  }
  return { release, observation: { state: 'expected', evidence: `${release.url} stands` } }
}
