import type { CheckedArtifact, FrozenConsumer, Survey, TrainContext } from '../context.ts'

/**
 * Tries the packed artifacts in one consumer, in a discarded worktree, then runs the consumer's own checks.
 *
 * @throws ConductError CHECK_FAILED (3)
 */
export async function checkConsumer(
  _context: TrainContext,
  _survey: Survey,
  _consumer: FrozenConsumer,
  _artifacts: readonly CheckedArtifact[],
): Promise<void> {
  throw new Error('not built yet')
}
