import type { ConductError } from '@conduct/core'
import {
  type JudgedNeed,
  type JudgedPullRequest,
  type Judgement,
  judge,
  needsWithSmuggled,
} from '@conduct/guard'
import type { CommandContext } from '../command.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import { goesOnWithout, storeAway } from '../estate/store-policy.ts'
import type { GuardClaim } from './ask-store.ts'
import type { ReadChange } from './read-change.ts'
import type { Smuggling } from './smuggling.ts'

export interface Decision extends Judgement<GuardClaim> {
  /** `not_asked`: nothing here needs a lane. `disabled`: plain `sqlite` in a CI job. */
  readonly store: 'not_asked' | 'asked' | 'unreachable' | 'disabled'
  /** Why the store could not say; null where it was asked, or had not to be. */
  readonly problem: ConductError | null
  /** Where it passes without a store that there should be: whether that is written down for later. */
  readonly noted?: { readonly problem: string | null }
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
    const found = storeAway(error)
    if (found === null) throw error
    const { away, problem } = found
    const { needs } = judge<GuardClaim>(wanted, [])
    const goesOn = needs.every(({ lane }) => goesOnWithout(loaded.config, lane, away))
    const unheld = {
      needs,
      problem,
      holder: null,
      verdict: goesOn ? 'clear' : 'refused',
      store: away,
    } as const
    if (!goesOn || away === 'disabled') return unheld
    const noted = { problem: await note(context, loaded, { needs, pullRequest }) }
    return { ...unheld, noted }
  }
}

/** Whoever asks; for a pull request, its author. */
async function note(
  context: CommandContext,
  loaded: LoadedConfig,
  {
    needs,
    pullRequest,
  }: {
    readonly needs: readonly JudgedNeed<GuardClaim>[]
    readonly pullRequest: JudgedPullRequest | null
  },
): Promise<string | null> {
  const [{ noteProceeded }, { resolveIdentity }] = await Promise.all([
    import('../estate/proceeded.ts'),
    import('../estate/identity.ts'),
  ])
  const { global, cwd, env } = context
  const people = new Set(loaded.config.people.keys())
  const by = pullRequest?.author ?? resolveIdentity({ as: global.as, cwd, env, people }).holder
  const works = needs.map(({ lane, resources, because }) => {
    return { lane, resources, work: 'guard', by, matches: because.map(({ match }) => match) } as const
  })
  return noteProceeded(context, loaded, works)
}

export function isMissing({ isHeldByMe }: JudgedNeed<GuardClaim>): boolean {
  return !isHeldByMe
}
