import { ConductError } from '@conduct/core'
import {
  type BatchInput,
  type BatchPlan,
  type BatchPolicy,
  defaultBatchPolicy,
  planBatch,
  relationsToPending,
  schemaAfter,
  type TicketRelation,
} from '@conduct/planner'
import type { CommandContext } from '../command.ts'
import { type Batching, readBatching } from './batching.ts'
import { chooseBranches, type PullRequestTicket } from './chosen-branches.ts'
import type { PlanFlags } from './plan-flags.ts'
import { readSources, type Sources } from './sources.ts'
import { readStatistics } from './statistics.ts'

export interface MadePlan {
  readonly plan: BatchPlan
  readonly sources: Sources
  readonly batching: Batching
  readonly input: BatchInput
  /** How what is planned stands to what another batch has, unless nothing is between them. */
  readonly blocked: readonly TicketRelation[]
  /** Open work that was asked for and has no branch here. */
  readonly notRead: readonly string[]
  readonly pullRequests: readonly PullRequestTicket[]
}

/**
 * The plan that these flags ask for: what all batch commands start from.
 *
 * @throws ConductError BATCH_SOURCE_MISSING, USAGE, FORGE_UNREACHABLE, BATCH_ROWS_INVALID, STATISTICS_UNREACHABLE, LANE_UNKNOWN
 */
export async function makePlan(context: CommandContext, flags: PlanFlags): Promise<MadePlan> {
  const { folder, under } = flags
  const baseFolder = flags['base-folder']
  if ([flags.branch, flags['pull-requests'], flags.tasks, folder].every((each) => each === undefined)) {
    throw new ConductError(
      'BATCH_SOURCE_MISSING',
      'none of --branch, --pull-requests, --tasks and --folder says what to read',
    )
  }
  const batching = await readBatching(context, flags.lane)
  const chosen = await chooseBranches(context, flags, batching)
  if (chosen.patterns.length === 0 && folder === undefined) {
    const missing = chosen.notRead(new Set())
    const hint = missing.length === 0 ? 'Nothing that is open was found.' : `${missing.join('; ')}.`
    throw new ConductError('BATCH_SOURCE_MISSING', 'nothing that was asked for has a branch here', { hint })
  }
  const found = await readSources(
    {
      base: flags.base ?? 'main',
      engine: batching.lane?.rules.dialect === 'mysql' ? 'mysql' : 'postgres',
      branch: chosen.patterns,
      ...(folder === undefined ? {} : { folder }),
      ...(under === undefined ? {} : { under }),
      ...(baseFolder === undefined ? {} : { baseFolder }),
    },
    context,
  )
  const taken = new Set(batching.taken.map((each) => each.ticket))
  const pending = found.tickets.filter((each) => taken.has(each.id))
  const sources = { ...found, tickets: found.tickets.filter((each) => !taken.has(each.id)) }
  const now = new Date()
  const { rows, major } = await readStatistics(context, {
    flag: flags.statistics,
    declared: batching.lane?.rules.statistics ?? null,
    baseCommit: found.baseCommit,
  })
  const policy = policyOf(flags, { batching, major })
  const input: BatchInput = {
    tickets: sources.tickets.map(({ id, operations, waitingSinceMs }) => ({
      id,
      operations,
      weight: weightOf({ priority: new Map(flags.priority).get(id) ?? 1, waitingSinceMs, now }),
      isUrgent: flags.urgent?.includes(id) === true,
    })),
    base: schemaAfter(sources.base, pending),
    files: sources.files,
    rows,
    policy,
    now,
    inFlight: sources.looked,
  }
  const blocked = relationsToPending(sources.tickets, pending)
  const notRead = chosen.notRead(new Set(found.branches))
  const { pullRequests } = chosen
  return { plan: planBatch(input), sources, batching, input, blocked, notRead, pullRequests }
}

/** Flags win over lanes.yaml, lanes.yaml over what is built in. */
function policyOf(
  flags: PlanFlags,
  { batching, major }: { readonly batching: Batching; readonly major: number | null },
): BatchPolicy {
  const declared = batching.lane?.rules
  return {
    ...defaultBatchPolicy,
    densityWarning: declared?.densityWarning ?? defaultBatchPolicy.densityWarning,
    hotTables: flags.hot ?? [],
    major: flags.postgres ?? major ?? defaultBatchPolicy.major,
    riskPerTurnMax: flags['max-risk'] ?? declared?.riskPerTurn ?? defaultBatchPolicy.riskPerTurnMax,
    ticketsPerTurnMax: flags['max-changes'] ?? declared?.maxChanges ?? defaultBatchPolicy.ticketsPerTurnMax,
  }
}

const dayMs = 24 * 60 * 60 * 1000
/** Beyond it, waiting longer weighs no more. */
const daysCounted = 30

/** Whoever waits a day longer weighs once more, times the priority: an old ticket is not passed for ever. */
function weightOf(options: {
  readonly priority: number
  readonly waitingSinceMs: number | null
  readonly now: Date
}): number {
  const { priority, waitingSinceMs, now } = options
  const days = waitingSinceMs === null ? 0 : Math.floor((now.getTime() - waitingSinceMs) / dayMs)
  return priority * (1 + Math.min(Math.max(days, 0), daysCounted))
}
