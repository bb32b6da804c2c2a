import { join } from 'node:path'
import { ConductError } from '@conduct/core'
import type { CheckedArtifact, Survey, TrainContext } from '../context.ts'

/**
 * A catch-up train tries what is published already: the registry's own tarballs, compared with its integrity.
 *
 * @throws ConductError REGISTRY_UNREACHABLE (30), CHECK_FAILED (3) for a version that is not live
 */
export async function downloadLive(
  context: Pick<TrainContext, 'signal'>,
  survey: Survey,
  outDir: string,
): Promise<readonly CheckedArtifact[]> {
  return await Promise.all(
    survey.artifacts.map(async (artifact, index) => {
      const { name, version, registry, publisher } = artifact
      const observed = await publisher.observe({ package: name, version, registry, signal: context.signal })
      if (observed.state === 'unknown') {
        throw new ConductError('REGISTRY_UNREACHABLE', `${name}@${version}: ${observed.reason}`)
      }
      if (observed.state === 'absent') {
        throw new ConductError('CHECK_FAILED', `${name}@${version} is not live at ${registry}`, {
          hint: 'A catch-up train adopts a published version: name one with --version.',
        })
      }
      if (observed.tarball === null) return { ...artifact, packed: null }
      const packed = await publisher.download({
        url: observed.tarball,
        integrity: observed.integrity,
        file: join(outDir, `${index}.tgz`),
        signal: context.signal,
      })
      return { ...artifact, packed }
    }),
  )
}
