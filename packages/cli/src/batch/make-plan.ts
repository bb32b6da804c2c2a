import { readFile } from 'node:fs/promises'
import path from 'node:path'
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
import type { PlanFlags } from './plan-flags.ts'
import { readSources, type Sources } from './sources.ts'

export interface MadePlan {
  readonly plan: BatchPlan
  readonly sources: Sources
  readonly batching: Batching
  readonly input: BatchInput
  /** How what is planned stands to what another batch has, unless nothing is between them. */
  readonly blocked: readonly TicketRelation[]
}

/**
 * The plan that these flags ask for: what all batch commands start from.
 *
 * @throws ConductError BATCH_SOURCE_MISSING, BATCH_ROWS_INVALID, LANE_UNKNOWN
 */
export async function makePlan(context: CommandContext, flags: PlanFlags): Promise<MadePlan> {
  const { branch, folder, under } = flags
  const baseFolder = flags['base-folder']
  if (branch === undefined && folder === undefined) {
    throw new ConductError('BATCH_SOURCE_MISSING', 'neither --branch nor --folder says what to read')
  }
  const rows = flags.rows === undefined ? {} : await readRows(path.resolve(context.cwd, flags.rows))
  const batching = await readBatching(context, flags.lane)
  const found = await readSources(
    {
      base: flags.base ?? 'main',
      ...(branch === undefined ? {} : { branch }),
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
  const policy = policyOf(flags, batching)
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
  return { plan: planBatch(input), sources, batching, input, blocked }
}

/** Flags win over lanes.yaml, lanes.yaml over what is built in. */
function policyOf(flags: PlanFlags, { lane }: Batching): BatchPolicy {
  const declared = lane?.rules
  return {
    ...defaultBatchPolicy,
    densityWarning: declared?.densityWarning ?? defaultBatchPolicy.densityWarning,
    hotTables: flags.hot ?? [],
    major: flags.postgres ?? defaultBatchPolicy.major,
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

async function readRows(file: string): Promise<Readonly<Record<string, number>>> {
  const refuse = (why: string): never => {
    throw new ConductError('BATCH_ROWS_INVALID', `${file}: ${why}`)
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') {
      return refuse(error instanceof SyntaxError ? error.message : 'there is no such file')
    }
    throw error
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return refuse('it is no object')
  return Object.fromEntries(
    Object.entries(parsed).map(([table, count]: [string, unknown]) =>
      typeof count === 'number' && count >= 0 ? [table, count] : refuse(`${table} has no number of rows`),
    ),
  )
}
