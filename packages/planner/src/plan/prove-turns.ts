import { proveBatch } from '../schema/prove.ts'
import type { Schema } from '../schema/schema.ts'
import type { LaidOutTurn, Turn } from './batch-plan.ts'
import type { JudgedTicket } from './judge-ticket.ts'

/** One after another: each turn starts from what the proved ones before it leave behind. */
export function proveTurns(
  turns: readonly LaidOutTurn[],
  tickets: readonly JudgedTicket[],
  { base, before }: { readonly base: Schema; readonly before: readonly (readonly [string, string])[] },
): readonly Turn[] {
  const byId = new Map(tickets.map(({ ticket }) => [ticket.id, ticket]))
  let schema = base
  return turns.map((turn) => {
    const own = new Set(turn.tickets)
    const inside = before.filter(([first, second]) => own.has(first) && own.has(second))
    const members = turn.tickets.flatMap((id) => byId.get(id) ?? [])
    const proof = proveBatch(schema, { tickets: members, before: inside })
    if (proof.outcome === 'same') schema = proof.schema
    return { ...turn, proof }
  })
}
