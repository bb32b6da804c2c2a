import type { Limit } from '../schema/apply.ts'
import type { Proof } from '../schema/prove.ts'
import type { BatchPlan, Turn } from './batch-plan.ts'
import type { JudgedTicket } from './judge-ticket.ts'

/** The document of `conduct batch plan --json`. */
export function batchPlanToWire(plan: BatchPlan): Readonly<Record<string, unknown>> {
  return {
    tickets: plan.tickets.map(ticketToWire),
    relations: plan.relations.map(({ a, b, relation, because, ...more }) => ({
      a,
      b,
      relation,
      ...more,
      because,
    })),
    collisions: plan.collisions,
    turns: plan.turns.map(turnToWire),
    solo: plan.solo,
    dropped: plan.dropped.map(({ ticket, duplicateOf }) => ({ ticket, duplicate_of: duplicateOf })),
    unplanned: plan.unplanned,
    lower_bound: plan.lowerBound,
    gap: plan.gap,
    serial_turns: plan.serialTurns,
    saved: { turns: plan.saved.turns, waiting_hours: plan.saved.waitingHours },
    density: {
      migrations: plan.density.migrations,
      in_flight: plan.density.inFlight,
      ratio: plan.density.ratio,
      advice: plan.density.advice,
    },
    input_hash: plan.inputHash,
  }
}

function ticketToWire({
  ticket,
  cls,
  category,
  operations,
  coverage,
}: JudgedTicket): Readonly<Record<string, unknown>> {
  return {
    id: ticket.id,
    class: cls,
    category,
    operations: operations.map(({ operation, cls: of, fact, locks }) => ({
      kind: operation.kind,
      object: objectOf(operation),
      class: of,
      fact,
      locks,
      confidence: operation.confidence,
      file: operation.place.file,
      line: operation.place.line,
    })),
    coverage,
  }
}

/** `orders.note`: the table and the part of it, or the name of what is no part of a table. */
export function objectOf(operation: JudgedTicket['operations'][number]['operation']): string {
  if (operation.kind === 'data') return operation.writes.join(', ')
  if (operation.kind === 'opaque')
    return operation.touches === 'anything' ? '*' : operation.touches.join(', ')
  const table = 'table' in operation ? operation.table : undefined
  const column = 'column' in operation ? operation.column : undefined
  const name = 'name' in operation ? operation.name : undefined
  const part = typeof column === 'object' ? column.name : (column ?? name)
  return [table, part].filter((each) => each !== undefined).join('.')
}

function turnToWire(
  { id, category, tickets, risk, locks, mayLockMore, holdMinutes, waitsForCode, layout, proof }: Turn,
  at: number,
): Readonly<Record<string, unknown>> {
  return {
    id,
    category,
    tickets,
    order: at + 1,
    risk,
    locks,
    may_lock_more: mayLockMore,
    hold_estimate: holdMinutes * secondsPerMinute,
    waits_for_code: waitsForCode,
    layout: layout.map(({ version, ticket, isTransactional, from }) => ({
      version,
      ticket,
      transactional: isTransactional,
      from,
    })),
    proof: proofToWire(proof),
  }
}

/** Durations on the wire are seconds. */
const secondsPerMinute = 60

function proofToWire(proof: Proof): Readonly<Record<string, unknown>> {
  const limits: readonly Limit[] = 'limits' in proof ? proof.limits : []
  const { outcome } = proof
  switch (outcome) {
    case 'same':
      return { outcome, orders: proof.orders, limits }
    case 'different':
      return { outcome, differences: proof.differences }
    case 'refused':
      return {
        outcome,
        order: proof.order,
        ticket: proof.ticket,
        problem: proof.problem,
        place: proof.place,
        limits,
      }
    default:
      return outcome satisfies never
  }
}
