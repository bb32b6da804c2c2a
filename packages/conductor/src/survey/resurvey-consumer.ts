import type { FrozenConsumer, Survey, TrainContext } from '../context.ts'

/** Freezes one consumer again at the head its main has now; everything else of the survey stands. */
export async function resurveyConsumer(
  _context: TrainContext,
  _survey: Survey,
  _repoName: string,
): Promise<FrozenConsumer> {
  throw new Error('not built yet')
}
