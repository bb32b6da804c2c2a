import type { Operation } from '../model/operation.ts'
import type { SchemaTicket } from '../model/ticket.ts'
import { applyOperations } from './apply.ts'
import { keyOf, type Schema, type SchemaObject } from './schema.ts'

/**
 * Adds to operations what only the schema knows: plain SQL drops an index without naming its table, and a constraint without
 * saying what kind it is. Each operation is seen after those before it; one that the schema refuses is left as it was read.
 */
export function resolveTicket(base: Schema, ticket: SchemaTicket): SchemaTicket {
  let schema = base
  const operations = ticket.operations.map((operation) => {
    const resolved = resolveOperation(schema, operation)
    const applied = applyOperations(schema, [operation])
    if (applied.outcome === 'applied') schema = applied.schema
    return resolved
  })
  return { ...ticket, operations }
}

function resolveOperation(schema: Schema, operation: Operation): Operation {
  if (operation.kind === 'drop_index' || operation.kind === 'rename_index') {
    if (operation.table !== undefined || operation.name === undefined) return operation
    const of = whereOf(schema.objects.get(keyOf('index', operation.name)))
    if (of === null) return operation
    return operation.kind === 'drop_index' ? { ...operation, ...of } : { ...operation, table: of.table }
  }
  if (operation.kind !== 'drop_constraint' || operation.constraint !== 'unknown') return operation
  const found = schema.objects.get(keyOf('constraint', operation.table, operation.name ?? ''))
  const of = whereOf(found)
  const kind = found?.value['constraint']
  if (of === null || !isConstraintKind(kind)) return operation
  return { ...operation, columns: of.columns, constraint: kind }
}

function whereOf(
  object: SchemaObject | null | undefined,
): { table: string; columns: readonly string[] } | null {
  if (object?.table === undefined || object.columns === undefined) return null
  return { table: object.table, columns: object.columns }
}

const constraintKinds = ['primary_key', 'unique', 'check', 'exclusion', 'not_null', 'foreign_key'] as const

function isConstraintKind(kind: unknown): kind is (typeof constraintKinds)[number] {
  return constraintKinds.some((each) => each === kind)
}
