import { join } from 'node:path'
import type { Estate } from '@conduct/rehearsal'

/**
 * What commands in a throwaway estate need of their environment, also those that are printed for a new shell: mirrors,
 * reports and proofs of the estate go when it goes, and its forge's token is worth nothing outside.
 */
export function estateEnv({ dir, people }: Pick<Estate, 'dir' | 'people'>): Readonly<Record<string, string>> {
  return { XDG_CACHE_HOME: join(dir, 'cache'), XDG_STATE_HOME: join(dir, 'state'), ...people?.env }
}
