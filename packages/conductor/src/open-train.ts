import type { ConductorOptions } from './api.ts'
import type { TrainContext } from './context.ts'

/**
 * Finds the governing lanes.yaml and everything a train's phases share.
 *
 * @throws ConductError TRAIN_UNKNOWN (4), CONFIG_NOT_MAIN (3), REMOTE_UNREACHABLE (30)
 */
export async function openTrain(_options: ConductorOptions, _trainName: string): Promise<TrainContext> {
  throw new Error('not built yet')
}
