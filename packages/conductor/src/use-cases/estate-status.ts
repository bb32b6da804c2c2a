import type { ConductorOptions, EstateStatus, RunSummary } from '../api.ts'

/** Every consumer × what is published, locked, deployed; who is behind; lanes; runs. Changes nothing. */
export async function estateStatus(
  _conductor: ConductorOptions,
  _listRuns: () => Promise<readonly RunSummary[]>,
): Promise<EstateStatus> {
  throw new Error('not built yet')
}
