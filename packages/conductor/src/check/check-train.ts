import { isConductError } from '@conduct/core'
import { reposAtOnceMax } from '../limits.ts'
import { createPool } from '../pool.ts'
import type { CheckedArtifact, Survey, TrainContext } from '../context.ts'
import { checkConsumer } from './check-consumer.ts'
import { compareLive } from './compare-live.ts'
import { downloadLive } from './download-live.ts'
import { packArtifacts } from './pack-artifacts.ts'
import { makePackedFolder } from './packed-folder.ts'
import { allFailed } from './run-declared.ts'
import { beginTrials } from './trials.ts'

/**
 * The producer's checks, and beside them the setups of consumers; then the packed artifacts in every consumer. Nothing
 * is published or pushed.
 *
 * The tarballs lie under `context.cacheDir`; publish sends exactly these bytes.
 *
 * @throws ConductError CHECK_FAILED (3) naming everything that is red, INTEGRITY_MISMATCH (3),
 *   REGISTRY_UNREACHABLE (30)
 */
export async function checkTrain(context: TrainContext, survey: Survey): Promise<readonly CheckedArtifact[]> {
  const outDir = await makePackedFolder(context)
  await using trials = beginTrials(context, survey)
  const artifacts = survey.catchUp
    ? await downloadLive(context, survey, outDir)
    : await packArtifacts(context, survey, outDir)
  if (!survey.catchUp) await compareLive(context, artifacts)
  const pool = createPool(reposAtOnceMax)
  const settled = await Promise.allSettled(
    survey.consumers.map((consumer) =>
      pool(() => checkConsumer(context, consumer, artifacts, trials.of(consumer))),
    ),
  )
  const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  const failures = errors.filter((error) => isConductError(error, 'CHECK_FAILED'))
  const unexpected = errors.find((error) => !isConductError(error, 'CHECK_FAILED'))
  if (unexpected !== undefined) throw unexpected
  if (failures.length > 0) throw allFailed(failures)
  return artifacts
}
