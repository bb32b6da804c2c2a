import { isConductError } from '@conduct/core'
import { isOfPullRequest, type JudgedPullRequest, type Need, type Standing } from '@conduct/guard'
import type { HeldBy, Lane, LaneView } from '@conduct/lanes/engine'
import type { CommandContext } from '../command.ts'
import { openClaims } from '../estate/claims.ts'
import { readGitConfig } from '../estate/git-config.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import { type Estate, openEstate } from '../estate/open-estate.ts'
import { bringProceeded } from '../estate/proceeded.ts'
import { renewKept } from '../estate/renew-kept.ts'

export type GuardClaim = HeldBy & { readonly state: 'held' | 'offered' | 'waiting' | 'parked' }

export interface AskedStore {
  readonly standings: readonly Standing<GuardClaim>[]
  readonly holder: string
}

/**
 * How the needed lanes stand, and which of their claims are the asker's. What the asker holds is renewed on the way, once its
 * renewal is due: whoever works under a lane keeps it by working.
 *
 * @throws ConductError those of the store
 */
export async function askStore(
  context: CommandContext,
  {
    loaded,
    needs,
    pullRequest,
  }: {
    readonly loaded: LoadedConfig
    readonly needs: readonly Need[]
    /** Judged for whoever made it, who is not who asks; null: for the asker. */
    readonly pullRequest: JudgedPullRequest | null
  },
): Promise<AskedStore> {
  await using estate = await openEstate(context, loaded)
  if (pullRequest !== null) {
    await bringProceeded({ estate, context })
    const standings = await standingsFor(pullRequest, { estate, context, needs })
    return { standings, holder: pullRequest.author ?? '' }
  }
  await renewKept({ estate, context })
  const claims = openClaims({ estate, context })
  // A hook is started without a name: whatever was claimed from this folder is of who works here.
  const isNameless = context.global.as === undefined && readGitConfig('conduct.person', context.cwd) === null
  const standings: Standing<GuardClaim>[] = []
  for (const { lane: name } of needs) {
    const lane = estate.lanes.lane(name)
    const proofs = isNameless ? await claims.proofsHere(lane) : await claims.proofs(lane)
    const before = await lane.inspect()
    const mine = new Set<string>()
    for (const proof of proofs) {
      if (await isStillMine(lane, { proof, view: before, estate })) mine.add(proof.claim)
    }
    const view = mine.size > 0 ? before : await withoutMerged(before, { estate, context })
    standings.push({ lane: name, holders: view.holders, waiting: view.waiting, mine })
  }
  return { standings, holder: estate.identity.holder }
}

/** Before somebody is stopped by a claim that lives with a pull request: whether that is still open. */
async function withoutMerged(
  view: LaneView,
  options: { readonly estate: Estate; readonly context: CommandContext },
): Promise<LaneView> {
  if (view.holders.every(({ untilMerged }) => untilMerged === null)) return view
  const { concludeMerged } = await import('../lane/conclude-merged.ts')
  const concluded = await concludeMerged({ ...options, views: [view] })
  return concluded.length === 0 ? view : options.estate.lanes.lane(view.lane).inspect()
}

/** Nothing is proved with secrets here: the forge says whose pull request it is. A lease that has run out is none. */
async function standingsFor(
  pullRequest: JudgedPullRequest,
  options: { readonly estate: Estate; readonly context: CommandContext; readonly needs: readonly Need[] },
): Promise<readonly Standing<GuardClaim>[]> {
  const { estate, needs } = options
  const { people } = estate.config
  return Promise.all(
    needs.map(async ({ lane }) => {
      const { document, holders, waiting } = await withoutMerged(
        await estate.lanes.lane(lane).inspect(),
        options,
      )
      const live = holders.filter(({ expiresAt }) => expiresAt === null || Date.parse(expiresAt) > Date.now())
      const claims = [...document.holders, ...document.waiting].map(({ untilMerged = null, ...claim }) => ({
        ...claim,
        untilMerged,
      }))
      const mine = claims
        .filter((claim) => isOfPullRequest(claim, pullRequest, people))
        .map(({ claim }) => claim)
      return { lane, holders: live, waiting, mine: new Set<string>(mine) }
    }),
  )
}

async function isStillMine(
  lane: Lane,
  {
    proof,
    view,
    estate,
  }: { readonly proof: Parameters<Lane['renew']>[0]; readonly view: LaneView; readonly estate: Estate },
): Promise<boolean> {
  const held = view.holders.find(({ claim }) => claim === proof.claim)
  if (held === undefined) return view.waiting.some(({ claim }) => claim === proof.claim)
  const renewMs = estate.config.lanes.get(lane.name)?.lease.renewMs ?? 0
  // A process renews what it attends, a pull request keeps what lives with it; an offer is not taken by being looked at.
  const isKept = held.state === 'offered' || held.attended || held.untilMerged !== null
  if (isKept || held.unchangedForMs < renewMs) return true
  try {
    await lane.renew(proof)
    return true
  } catch (error) {
    if (isConductError(error, 'LEASE_LOST')) return false
    throw error
  }
}
