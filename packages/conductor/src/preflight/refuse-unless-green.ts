import type { PreflightMatrix, TrainContext } from '../context.ts'

/** @throws ConductError PREFLIGHT_REFUSED (3) listing every red row and every unknown one that is not accepted. */
export function refuseUnlessGreen(_context: Pick<TrainContext, 'train'>, _matrix: PreflightMatrix): void {
  throw new Error('not built yet')
}
