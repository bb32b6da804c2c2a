import type { Operation, OperationBody } from '../../../model/operation.ts'
import { callBlock } from '../ruby/invoke.ts'
import type { Call, Machine } from '../ruby/machine.ts'
import type { Given } from './given.ts'
import { bodyOf } from './table-sink.ts'

/** `revert { … }`: what its block does, undone from the last to the first. */
export function revert(machine: Machine, { values }: Given, { block, node }: Call): void {
  if (values.length > 0) machine.opaque(node, 'another migration is reverted')
  if (block === null) return
  const done = machine.capture(() => callBlock(machine, block, [], { node }))
  for (const operation of done.toReversed()) {
    const undone = inverseOf(operation)
    machine.emit(node, undone, operation.confidence, operation.place.line)
  }
}

type Inverses = {
  readonly [K in Operation['kind']]?: (operation: Extract<Operation, { kind: K }>) => OperationBody
}

const inverses: Inverses = {
  create_table: ({ table, ifNotExists }) => ({
    kind: 'drop_table',
    table,
    isCascading: false,
    ifExists: ifNotExists,
  }),
  add_column: ({ table, column, ifNotExists }) => ({
    kind: 'drop_column',
    table,
    column: column.name,
    ifExists: ifNotExists,
  }),
  rename_table: ({ table, to }) => ({ kind: 'rename_table', table: to, to: table }),
  rename_column: ({ table, column, to }) => ({ kind: 'rename_column', table, column: to, to: column }),
  rename_index: ({ table, name, to }) => ({
    kind: 'rename_index',
    ...(table === undefined ? {} : { table }),
    name: to,
    to: name,
  }),
  create_index: ({ table, name, columns, isConcurrent, ifNotExists }) => ({
    kind: 'drop_index',
    table,
    ...named(name),
    columns,
    isConcurrent,
    ifExists: ifNotExists,
  }),
  add_foreign_key: ({ table, name, columns, references }) => ({
    kind: 'drop_constraint',
    table,
    constraint: 'foreign_key',
    ...named(name),
    columns,
    references,
    ifExists: false,
  }),
  add_constraint: ({ table, name, constraint }) => ({
    kind: 'drop_constraint',
    table,
    constraint,
    ...named(name),
    ifExists: false,
  }),
  set_nullable: ({ table, column, nullable }) => ({
    kind: 'set_nullable',
    table,
    column,
    nullable: !nullable,
  }),
  create_enum: ({ name }) => ({ kind: 'drop_type', name, ifExists: false }),
  session: (operation) => bodyOf(operation),
}

function named(name: string | undefined): { readonly name?: string } {
  return name === undefined ? {} : { name }
}

function inverseOf(operation: Operation): OperationBody {
  const inverse = inverses[operation.kind] as ((given: Operation) => OperationBody) | undefined
  if (inverse !== undefined) return inverse(operation)
  const touches = 'table' in operation && operation.table !== undefined ? [operation.table] : 'anything'
  return { kind: 'opaque', reason: `${operation.kind} is reverted to what the text does not say`, touches }
}
