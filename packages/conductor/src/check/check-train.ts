import type { CheckedArtifact, Survey, TrainContext } from '../context.ts'

/**
 * The producer's checks, then the packed artifacts in every consumer; nothing is published or pushed.
 *
 * The tarballs lie under `context.cacheDir`; publish sends exactly these bytes.
 *
 * @throws ConductError CHECK_FAILED (3), INTEGRITY_MISMATCH (3)
 */
export async function checkTrain(
  _context: TrainContext,
  _survey: Survey,
): Promise<readonly CheckedArtifact[]> {
  throw new Error('not built yet')
}
