import { footprintOf } from '../footprint/footprint.ts'
import { meaningOf } from '../footprint/meaning.ts'
import type { Operation } from '../model/operation.ts'
import type { Touch } from '../model/resource.ts'
import type { SchemaTicket } from '../model/ticket.ts'

export interface PreparedOperation {
  readonly operation: Operation
  readonly touches: readonly Touch[]
  readonly meaning: string
}

export interface PreparedTicket {
  readonly id: string
  readonly operations: readonly PreparedOperation[]
}

/** Once per ticket, however many others it is compared with. */
export function prepareTicket(ticket: SchemaTicket): PreparedTicket {
  const operations = ticket.operations
    .filter((operation) => operation.kind !== 'session')
    .map((operation) => ({
      operation,
      touches: footprintOf(operation),
      meaning: meaningOf(operation),
    }))
  return { id: ticket.id, operations }
}
