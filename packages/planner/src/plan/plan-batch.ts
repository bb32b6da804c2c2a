/**
 * Which schema changes share a turn of the lane, in which order, and why.
 *
 * Pure: the same plan for every permutation of the input, and `inputHash` covers all of it. Categories never share a turn; what
 * conflicts, or cannot be proved not to, is apart; duplicates are dropped; the fewest turns up to 14 tickets.
 */
import { hashJson } from '@conduct/core'

import { isForReaders } from '../facts/fact.ts'
import { findCollisions, type MigrationFile } from '../identity/collisions.ts'
import { compareText } from '../model/compare.ts'
import type { Item, Partition } from '../partition/model.ts'
import { partitionIntoTurns } from '../partition/partition.ts'
import { relateAll } from '../relations/relate-all.ts'
import type { TicketRelation } from '../relations/relation.ts'
import { schemaLines, type Schema } from '../schema/schema.ts'
import type { BatchPlan } from './batch-plan.ts'
import { contractLast } from './contract-last.ts'
import { judgeTicket, type JudgedTicket, type PlanTicket } from './judge-ticket.ts'
import { layOutTurns } from './lay-out.ts'
import { densityOf } from './density.ts'
import type { BatchPolicy } from './policy.ts'
import { proveTurns } from './prove-turns.ts'
import { rowsIn, type RowCounts } from './row-counts.ts'

export interface BatchInput {
  readonly tickets: readonly PlanTicket[]
  readonly base: Schema
  /** Of the tickets and of base: what their names and texts say. */
  readonly files: readonly MigrationFile[]
  /** By table. */
  readonly rows: RowCounts
  readonly policy: BatchPolicy
  readonly now: Date
  /** All work in flight, the schema changes among it. */
  readonly inFlight: number
}

export function planBatch(input: BatchInput): BatchPlan {
  const { base, policy, rows } = input
  const tickets = [...input.tickets]
    .sort((one, other) => compareText(one.id, other.id))
    .map((each) => judgeTicket(each, base, { policy, rowsOf: (table) => rowsIn(rows, table) }))
  const relations = relateAll(tickets.map((each) => each.ticket))
  const dropped = duplicatesOf(relations)
  const isDropped = new Set(dropped.map((each) => each.ticket))
  const remaining = tickets.filter((each) => !isDropped.has(each.ticket.id))
  const { partition: found, unplanned } = partitionPlannable(remaining, relations, policy)
  const before = beforePairs(relations)
  const partition = { ...found, turns: contractLast(found.turns, tickets, before) }
  const turns = proveTurns(layOutTurns(partition.turns, tickets, input), tickets, { base, before })
  const order = partition.turns.flat()
  const wait = waitingMinutes(partition.turns, policy)
  const serialWait = waitingMinutes(
    order.map((id) => [id]),
    policy,
  )
  const saved = {
    turns: order.length - partition.turns.length,
    waitingHours: Math.round((serialWait - wait) / 6) / 10,
  }
  return {
    tickets,
    relations,
    collisions: findCollisions(input.files),
    turns,
    solo: remaining
      .filter((each) => each.because.length > 0)
      .map(({ ticket, because }) => ({ ticket: ticket.id, because })),
    dropped,
    unplanned,
    lowerBound: partition.lowerBound,
    gap: partition.turns.length - partition.lowerBound,
    serialTurns: order.length,
    saved,
    density: densityOf(input, { partition, savedHours: saved.waitingHours }),
    inputHash: hashOf(input),
  }
}

/** Each names one that stays: what it duplicates may be dropped for a third, which then does the work of both. */
function duplicatesOf(relations: readonly TicketRelation[]): BatchPlan['dropped'] {
  const kept = new Map<string, string>()
  for (const each of relations) {
    if (each.relation === 'duplicate') kept.set(each.drop, each.drop === each.a ? each.b : each.a)
  }
  return [...kept.keys()].sort(compareText).map((ticket) => {
    let stays = kept.get(ticket) ?? ticket
    for (let step = 0; step < kept.size; step++) stays = kept.get(stays) ?? stays
    return { ticket, duplicateOf: stays }
  })
}

function beforePairs(relations: readonly TicketRelation[]): readonly (readonly [string, string])[] {
  return relations.flatMap((each): [string, string][] =>
    each.relation === 'order' ? [[each.before, each.before === each.a ? each.b : each.a]] : [],
  )
}

/** What waits in a circle has no place in any order: somebody has to split it. */
function partitionPlannable(
  tickets: readonly JudgedTicket[],
  relations: readonly TicketRelation[],
  policy: BatchPolicy,
): { readonly partition: Partition; readonly unplanned: BatchPlan['unplanned'] } {
  const apart = relations.flatMap((each): [string, string][] =>
    each.relation === 'conflict' || each.relation === 'conservative' ? [[each.a, each.b]] : [],
  )
  const unplanned: { readonly ticket: string; readonly because: string }[] = []
  let items = tickets.map((each) => itemOf(each, policy))
  for (let round = 0; round <= tickets.length; round++) {
    const found = partitionIntoTurns(items, { apart, before: beforePairs(relations) }, policy)
    if (found.outcome === 'planned') return { partition: found, unplanned }
    const because = `each must come before the next: ${[...found.cycle, found.cycle[0]].join(' < ')}`
    unplanned.push(...found.cycle.map((ticket) => ({ ticket, because })))
    items = items.filter((item) => !found.cycle.includes(item.id))
  }
  throw new Error('every cycle takes tickets out, so there are no more cycles than tickets')
}

function itemOf({ ticket, category, risk, locks }: JudgedTicket, policy: BatchPolicy): Item {
  const locked = new Set(locks.filter((lock) => isForReaders(lock.mode)).map((lock) => lock.table))
  return {
    id: ticket.id,
    category,
    weight: ticket.weight,
    minutes: policy.minutesPerTicket,
    risk,
    hotTables: policy.hotTables.filter((table) => locked.has(table)),
  }
}

/** Summed over the tickets: how long each waits until its turn is done. */
function waitingMinutes(turns: readonly (readonly string[])[], policy: BatchPolicy): number {
  let clock = 0
  let sum = 0
  for (const turn of turns) {
    clock += policy.turnOverheadMinutes + turn.length * policy.minutesPerTicket
    sum += clock * turn.length
  }
  return sum
}

function hashOf({ tickets, base, files, rows, policy, now, inFlight }: BatchInput): string {
  const byId = [...tickets].sort((one, other) => compareText(one.id, other.id))
  const byName = files.map((each) => hashJson(each)).sort(compareText)
  return hashJson({
    tickets: byId,
    base: schemaLines(base),
    files: byName,
    rows,
    policy,
    now: now.toISOString(),
    inFlight,
  })
}
