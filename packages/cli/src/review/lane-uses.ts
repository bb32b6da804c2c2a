import type { Answer, LaneUse, Usage } from '@conduct/review'
import type { HeldBy, Lane } from '@conduct/lanes/engine'
import type { CommandContext } from '../command.ts'
import { openEstate } from '../estate/open-estate.ts'
import { asUnknown } from './as-unknown.ts'
import type { ReadRevision } from './read-revisions.ts'

/** Who holds each lane and waits for it, and how long it was held lately; from the store of the revision before. */
export async function readLaneUses(
  context: CommandContext,
  { lanes, before }: { readonly lanes: readonly string[]; readonly before: ReadRevision | null },
): Promise<ReadonlyMap<string, Answer<LaneUse>>> {
  const uses = new Map<string, Answer<LaneUse>>()
  if (lanes.length === 0 || before === null) return uses
  try {
    await using estate = await openEstate(context, before, { isReadOnly: true })
    for (const lane of lanes) {
      uses.set(lane, { outcome: 'known', value: await readUse(estate.lanes.lane(lane)) })
    }
  } catch (error) {
    const unknown = asUnknown(context, error)
    for (const lane of lanes) if (!uses.has(lane)) uses.set(lane, unknown)
  }
  return uses
}

async function readUse(lane: Lane): Promise<LaneUse> {
  const [view, { holds }] = [await lane.inspect(), await lane.stats()]
  return {
    holders: view.holders.map(toUsage),
    waiting: view.waiting.filter(({ state }) => state !== 'offered').map(toUsage),
    holds: holds === null ? null : { count: holds.count, p50Ms: holds.p50Ms, maxMs: holds.maxMs },
  }
}

function toUsage({ holder, since, resources }: HeldBy): Usage {
  return { holder, since, resources }
}
