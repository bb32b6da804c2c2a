import type { PlannedArtifact, TrainContext } from '../context.ts'
import { distTagOf } from '../publish/dist-tag.ts'

/**
 * What the dist-tag that publishing moves stands for now: the way back of a run that has not begun. Not being able
 * to read it stops nothing; the way back then says that it is not known.
 */
export async function readDistTag(
  context: Pick<TrainContext, 'signal'>,
  artifact: PlannedArtifact,
): Promise<PlannedArtifact> {
  const { publisher, name, version, registry } = artifact
  if (publisher.withdrawal === undefined) return artifact
  const seen = await publisher.withdrawal.read({ package: name, version, registry, signal: context.signal })
  if (seen.state === 'unknown') return { ...artifact, distTag: 'unknown' }
  const distTag = distTagOf(version)
  return { ...artifact, distTag: { name: distTag, before: seen.distTags.get(distTag) ?? null } }
}
