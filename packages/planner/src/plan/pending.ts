/** Tickets that another batch has: they are not planned, and what is planned comes after them. */
import type { SchemaTicket } from '../model/ticket.ts'
import { prepareTicket } from '../relations/prepare.ts'
import { relatePrepared } from '../relations/relate.ts'
import type { TicketRelation } from '../relations/relation.ts'
import { applyOperations } from '../schema/apply.ts'
import type { Schema } from '../schema/schema.ts'

/** What the base will be. One that cannot run on it, whatever runs before, does what another has done. */
export function schemaAfter(base: Schema, pending: readonly SchemaTicket[]): Schema {
  let schema = base
  let rest = pending
  for (let round = 0; round < pending.length; round++) {
    const left = rest.filter(({ operations }) => {
      const applied = applyOperations(schema, operations)
      if (applied.outcome === 'applied') ({ schema } = applied)
      return applied.outcome === 'refused'
    })
    if (left.length === rest.length) break
    rest = left
  }
  return schema
}

/** Each pair of one that is planned and one that is pending, unless nothing is between them. */
export function relationsToPending(
  planned: readonly SchemaTicket[],
  pending: readonly SchemaTicket[],
): readonly TicketRelation[] {
  const [one, other] = [planned.map(prepareTicket), pending.map(prepareTicket)]
  return one.flatMap((a) =>
    other.map((b) => relatePrepared(a, b)).filter((each) => each.relation !== 'independent'),
  )
}
