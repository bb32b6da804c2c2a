import { ConductError } from '@conduct/core'

import type * as rehearsal from '@conduct/rehearsal'

export type Rehearsal = typeof rehearsal

/**
 * The throwaway estate is a package of its own, with a registry in it; whoever only conducts does not install it.
 *
 * @throws ConductError REHEARSAL_MISSING
 */
export async function importRehearsal(launcher: string): Promise<Rehearsal> {
  try {
    return await import('@conduct/rehearsal')
  } catch (cause) {
    const isMissing =
      cause instanceof Error &&
      'code' in cause &&
      cause.code === 'ERR_MODULE_NOT_FOUND' &&
      cause.message.includes("'@conduct/rehearsal'")
    if (!isMissing) throw cause
    throw new ConductError('REHEARSAL_MISSING', 'the package @conduct/rehearsal is not installed', {
      cause,
      next: `npm install --save-dev @conduct/rehearsal && ${launcher} rehearse`,
    })
  }
}
