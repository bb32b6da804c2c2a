import type { LanesConfig } from '@conduct/config'
import { type ConductError, isConductError } from '@conduct/core'
import {
  type JudgedNeed,
  type JudgedPullRequest,
  type Judgement,
  judge,
  needsWithSmuggled,
} from '@conduct/guard'
import type { CommandContext } from '../command.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import type { GuardClaim } from './ask-store.ts'
import type { ReadChange } from './read-change.ts'
import type { Smuggling } from './smuggling.ts'

export interface Decision extends Judgement<GuardClaim> {
  /** `not_asked`: nothing here needs a lane. `disabled`: plain `sqlite` in a CI job. */
  readonly store: 'not_asked' | 'asked' | 'unreachable' | 'disabled'
  /** Why the store could not say; null where it was asked, or had not to be. */
  readonly problem: ConductError | null
  /** The asker's name, where anybody had to know it. */
  readonly holder: string | null
}

/**
 * Whether the change may be made: a store is asked only where a lane is needed, and one that does not answer is no answer.
 *
 * @throws ConductError those of the store but STORE_UNREACHABLE and STORE_DISABLED, which are decided by each lane's policy
 */
export async function decide(
  context: CommandContext,
  loaded: LoadedConfig,
  { change, smuggling }: Pick<ReadChange, 'change'> & { readonly smuggling: Smuggling },
  pullRequest: JudgedPullRequest | null = null,
): Promise<Decision> {
  const wanted = needsWithSmuggled(change, loaded.config, smuggling.signals)
  const unasked = { holder: null, problem: null }
  if (wanted.length === 0) return { ...judge<GuardClaim>([], []), ...unasked, store: 'not_asked' }
  // The engine and the clients of stores load for those only who need a lane.
  const { askStore } = await import('./ask-store.ts')
  try {
    const { standings, holder } = await askStore(context, { loaded, needs: wanted, pullRequest })
    return { ...judge(wanted, standings), store: 'asked', problem: null, holder }
  } catch (error) {
    const isDisabled = isConductError(error, 'STORE_DISABLED')
    if (!isDisabled && !isConductError(error, 'STORE_UNREACHABLE')) throw error
    const judged = judge<GuardClaim>(wanted, [])
    const isOpen = judged.needs.every((need) =>
      isDisabled ? !isIrreversible(loaded.config, need.lane) : isLeftOpen(loaded.config, need.lane),
    )
    return {
      needs: judged.needs,
      verdict: isOpen ? 'clear' : 'refused',
      store: isDisabled ? 'disabled' : 'unreachable',
      problem: error,
      holder: null,
    }
  }
}

export function isMissing({ isHeldByMe }: JudgedNeed<GuardClaim>): boolean {
  return !isHeldByMe
}

function isLeftOpen({ lanes }: LanesConfig, lane: string): boolean {
  return lanes.get(lane)?.storePolicy === 'open'
}

function isIrreversible({ lanes }: LanesConfig, name: string): boolean {
  const lane = lanes.get(name)
  return lane === undefined || lane.triggers.actions.length > 0 || lane.justification?.irreversible === true
}
