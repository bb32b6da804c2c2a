/** Why two tickets share a turn, or do not: one sentence for each rule that keeps them apart. */
import type { TicketRelation } from '../relations/relation.ts'
import { relateTickets } from '../relations/relate.ts'
import type { BatchPlan } from './batch-plan.ts'
import type { JudgedTicket } from './judge-ticket.ts'

export interface ExplainedTicket {
  readonly judged: JudgedTicket
  /** Null: it has none. */
  readonly turn: string | null
  /** Of its turn in the plan, from 1. */
  readonly place: number | null
}

export interface ExplainedPair {
  readonly a: ExplainedTicket
  readonly b: ExplainedTicket
  readonly relation: TicketRelation
  readonly isTogether: boolean
  readonly because: readonly string[]
}

/** Both are tickets of the plan. */
export function explainPair(plan: BatchPlan, one: string, other: string): ExplainedPair {
  const [a, b] = [explained(plan, one), explained(plan, other)]
  const known = plan.relations.find(
    (each) => (each.a === one && each.b === other) || (each.a === other && each.b === one),
  )
  const relation = known ?? relateTickets(a.judged.ticket, b.judged.ticket)
  const isTogether = a.turn !== null && a.turn === b.turn
  return {
    a,
    b,
    relation,
    isTogether,
    because: isTogether ? together(a, relation) : apart(plan, { a, b, relation }),
  }
}

function explained(plan: BatchPlan, id: string): ExplainedTicket {
  const judged = plan.tickets.find((each) => each.ticket.id === id)
  if (judged === undefined) throw new Error(`invariant broken: ${id} is no ticket of the plan`)
  const at = plan.turns.findIndex((turn) => turn.tickets.includes(id))
  return { judged, turn: plan.turns[at]?.id ?? null, place: at === -1 ? null : at + 1 }
}

function together({ judged }: ExplainedTicket, { relation }: TicketRelation): readonly string[] {
  const order =
    relation === 'order' ? ['one of them must come before the other, which it does in their turn'] : []
  return [`both are ${judged.category} work, and nothing that one does disturbs the other`, ...order]
}

function apart(
  plan: BatchPlan,
  {
    a,
    b,
    relation,
  }: { readonly a: ExplainedTicket; readonly b: ExplainedTicket; readonly relation: TicketRelation },
): readonly string[] {
  const own = [a, b].flatMap(({ judged }) => reasonsOf(plan, judged))
  const kinds =
    a.judged.category === b.judged.category
      ? []
      : [
          `${a.judged.ticket.id} is ${a.judged.category} work and ${b.judged.ticket.id} is ${b.judged.category}: they never share a turn`,
        ]
  const between = relationReason(relation)
  const found = [...own, ...kinds, ...(between === null ? [] : [between])]
  if (found.length > 0) return found
  return ['nothing keeps them apart but the size of a turn: its number of tickets, its risk, its hot tables']
}

function reasonsOf(plan: BatchPlan, { ticket, because }: JudgedTicket): readonly string[] {
  const dropped = plan.dropped.find((each) => each.ticket === ticket.id)
  const unplanned = plan.unplanned.find((each) => each.ticket === ticket.id)
  return [
    ...because.map((each) => `${ticket.id} has a turn to itself: ${each}`),
    ...(dropped === undefined ? [] : [`${ticket.id} is dropped: ${dropped.duplicateOf} does the same`]),
    ...(unplanned === undefined ? [] : [`${ticket.id} has no place: ${unplanned.because}`]),
  ]
}

function relationReason(relation: TicketRelation): string | null {
  switch (relation.relation) {
    case 'conflict':
      return 'they cannot both stand as they are'
    case 'conservative':
      return 'that they do not disturb each other cannot be proved'
    case 'order': {
      const after = relation.before === relation.a ? relation.b : relation.a
      return `${relation.before} must come before ${after}, in a turn of its own`
    }
    case 'duplicate':
    case 'independent':
      return null
    default:
      return relation satisfies never
  }
}
