import type { LanesConfig } from '@conduct/config'
import { ConductError, isConductError } from '@conduct/core'

/** Why a store says nothing: it is away, or it is plain `sqlite` in a CI job, where there is none. */
export type StoreAway = 'unreachable' | 'disabled'

/** Null: the failure is another one. */
export function storeAway(
  error: unknown,
): { readonly away: StoreAway; readonly problem: ConductError } | null {
  if (isConductError(error, 'STORE_UNREACHABLE')) return { away: 'unreachable', problem: error }
  if (isConductError(error, 'STORE_DISABLED')) return { away: 'disabled', problem: error }
  return null
}

/** `store_policy: open` where the store is away; where there is none, whatever can be undone goes on. */
export function goesOnWithout({ lanes }: LanesConfig, name: string, away: StoreAway): boolean {
  const lane = lanes.get(name)
  if (lane === undefined) return false
  if (away === 'unreachable') return lane.storePolicy === 'open'
  return lane.triggers.actions.length === 0 && lane.justification?.irreversible !== true
}

/**
 * Who asks for a lane and gets no answer learns beside the failure what lanes.yaml says about that: `store` and `may_proceed` in
 * the JSON document. Whether to go on is theirs.
 */
export async function sayingPolicy<Result>(
  config: LanesConfig,
  lane: string,
  ask: () => Promise<Result>,
): Promise<Result> {
  try {
    return await ask()
  } catch (error) {
    const found = storeAway(error)
    if (found === null) throw error
    const { code, message, hint, retryable } = found.problem
    const document = { lane, store: found.away, may_proceed: goesOnWithout(config, lane, found.away) }
    throw new ConductError(code, message, { hint, retryable, cause: error, details: { document } })
  }
}
