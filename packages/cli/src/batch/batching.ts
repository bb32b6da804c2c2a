import type { LaneConfig } from '@conduct/config'
import { ConductError, isConductError } from '@conduct/core'
import type { Task } from '@conduct/tasks'
import type { CommandContext } from '../command.ts'
import { findConfig } from '../estate/find-config.ts'
import { type LoadedConfig, loadConfig } from '../estate/load-config.ts'
import { type Estate, openEstate } from '../estate/open-estate.ts'

/** What lanes.yaml and the store say about batching. */
export interface Batching {
  readonly loaded: LoadedConfig | null
  readonly lane: { readonly name: string; readonly rules: NonNullable<LaneConfig['batching']> } | null
  /** As they are in the store; who is not among them is written down nowhere. */
  readonly tasks: readonly Task[]
  /** Tickets that a batch has already. */
  readonly taken: readonly TakenTicket[]
  /** Why nobody knows what is taken; null when it is known, or nothing can be. */
  readonly takenProblem: string | null
}

export interface TakenTicket {
  readonly ticket: string
  readonly batch: string
  readonly by: string
  readonly at: string
}

/**
 * Without a lanes.yaml there is no lane, and nothing is taken: planning needs neither.
 *
 * @throws ConductError CONFIG_INVALID, LANE_UNKNOWN  the lane that was named is not declared, or batches nothing.
 */
export async function readBatching(
  context: CommandContext,
  named: string | undefined,
  options: { readonly isStoreAsked?: boolean } = {},
): Promise<Batching> {
  const loaded = await findLoaded(context)
  if (loaded === null) {
    if (named === undefined) return { loaded, lane: null, ...nothingKnown }
    throw new ConductError('LANE_UNKNOWN', `there is no lanes.yaml that could declare a lane ${named}`)
  }
  const lane = laneOf(loaded, named)
  if (lane === null || options.isStoreAsked === false) return { loaded, lane, ...nothingKnown }
  return { loaded, lane, ...(await readTaken(context, loaded)) }
}

const nothingKnown = { tasks: [], taken: [], takenProblem: null }

async function findLoaded(context: CommandContext): Promise<LoadedConfig | null> {
  try {
    findConfig({ flag: context.global.config, cwd: context.cwd })
  } catch (error) {
    if (isConductError(error) && error.code === 'CONFIG_NOT_FOUND' && context.global.config === undefined)
      return null
    throw error
  }
  return loadConfig(context)
}

function laneOf({ config }: LoadedConfig, named: string | undefined): Batching['lane'] {
  const batching = [...config.lanes].flatMap(([name, { batching: rules }]) =>
    rules === null ? [] : [{ name, rules }],
  )
  if (named === undefined) return batching.length === 1 ? (batching[0] ?? null) : null
  const found = batching.find((each) => each.name === named)
  if (found !== undefined) return found
  throw new ConductError(
    'LANE_UNKNOWN',
    `lanes.yaml declares no lane ${JSON.stringify(named)} with batching`,
    {
      hint: `With batching: ${batching.map((each) => each.name).join(', ') || 'none'}.`,
    },
  )
}

async function readTaken(
  context: CommandContext,
  loaded: LoadedConfig,
): Promise<Pick<Batching, 'tasks' | 'taken' | 'takenProblem'>> {
  const { openTasks } = await import('@conduct/tasks')
  try {
    await using estate = await openEstate(context, loaded, { isReadOnly: true })
    const tasks = await openTasks({ store: estate.store, wallMs: Date.now }).list()
    const all = tasks.flatMap(({ id, batch, moved }) =>
      batch === null || moved === null ? [] : [{ ticket: id, batch, by: moved.by, at: moved.at }],
    )
    const unfinished = await unfinishedOf(all, { context, estate })
    return { tasks, taken: all.filter((each) => !unfinished.has(each.batch)), takenProblem: null }
  } catch (error) {
    // Looking needs no store; what it would have said is named as not known.
    if (!isConductError(error) || !unread.has(error.code)) throw error
    return { ...nothingKnown, takenProblem: error.message }
  }
}

/** Batches of the asker that have no branch yet: writing was interrupted, and goes on. */
async function unfinishedOf(
  taken: readonly TakenTicket[],
  { context, estate }: { readonly context: CommandContext; readonly estate: Estate },
): Promise<ReadonlySet<string>> {
  const own = new Set(taken.filter((each) => each.by === estate.identity.holder).map((each) => each.batch))
  if (own.size === 0) return own
  const [{ openBranchWriter }, { batchRef }] = await Promise.all([
    import('@conduct/git'),
    import('@conduct/conductor'),
  ])
  const writer = await openBranchWriter({ cwd: context.cwd, signal: context.signal })
  const written = await Promise.all([...own].map((batch) => writer.refAt(batchRef(batch))))
  return new Set([...own].filter((_, at) => written[at] === null))
}

const unread: ReadonlySet<string> = new Set(['STORE_UNREACHABLE', 'STORE_DISABLED'])
