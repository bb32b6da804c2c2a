import type { PreflightRow } from '@conduct/core'
import type { FrozenConsumer, PreflightMatrix, PreflightOptions, Survey, TrainContext } from '../context.ts'

/** Every guard over every repo, in parallel; changes nothing and never stops at the first red. */
export async function preflightTrain(
  _context: TrainContext,
  _survey: Survey,
  _options: PreflightOptions,
): Promise<PreflightMatrix> {
  throw new Error('not built yet')
}

/** The guards of one consumer, which may have been frozen anew (`resurveyConsumer`). */
export async function preflightConsumer(
  _context: TrainContext,
  _survey: Survey,
  _consumer: FrozenConsumer,
  _options: PreflightOptions,
): Promise<readonly PreflightRow[]> {
  throw new Error('not built yet')
}
