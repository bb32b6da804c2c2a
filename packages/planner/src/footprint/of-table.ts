import type { Column } from '../model/operation.ts'
import type { Touch } from '../model/resource.ts'
import { generatedName } from './names.ts'
import { column, insideOf, onTable, schemaOf, touch, unique, usedType, type Of } from './touches.ts'

export function ofTable(
  operation: Of<'create_table' | 'drop_table' | 'rename_table' | 'alter_table'>,
): Touch[] {
  const { table } = operation
  switch (operation.kind) {
    case 'create_table':
      return [
        touch('relation', [table], 'create'),
        // Each table is a type, too: that of its rows.
        touch('type', [table], 'create'),
        ...schemaOf(table),
        ...operation.columns.flatMap((each) => ownedSequence(table, each)),
        ...operation.columns.flatMap((each) => usedType(each.type)),
        ...(operation.primaryKey.length > 0
          ? [
              touch('relation', [generatedName(table, [], 'pkey')], 'create'),
              unique(table, operation.primaryKey, 'create'),
            ]
          : []),
        ...(operation.parent === undefined
          ? []
          : [onTable(operation.parent), column(operation.parent, '*', 'use')]),
        ...(operation.reads ?? []).flatMap((read) => [insideOf(read), column(read, '*', 'use')]),
        // Copies whatever is there at that moment: columns, defaults, indexes, constraints.
        ...(operation.like ?? []).map((each) => touch('relation', [each], 'unknown')),
      ]
    case 'drop_table':
      return [
        touch('relation', [table], 'drop'),
        touch('type', [table], 'drop'),
        touch('contents', [table], 'drop'),
        // What falls with it is in the database.
        ...(operation.isCascading ? [touch('relation', ['*'], 'unknown')] : []),
      ]
    case 'rename_table':
      return [
        touch('relation', [table], 'drop'),
        touch('type', [table], 'drop'),
        touch('relation', [operation.to], 'create'),
        touch('type', [operation.to], 'create'),
      ]
    case 'alter_table':
      return [onTable(table), touch('relation', [table], 'modify', operation.aspect)]
    default:
      return operation satisfies never
  }
}

export function ofColumn(
  operation: Of<
    | 'add_column'
    | 'drop_column'
    | 'rename_column'
    | 'change_type'
    | 'set_default'
    | 'set_nullable'
    | 'alter_column'
  >,
): Touch[] {
  const { table } = operation
  switch (operation.kind) {
    case 'add_column':
      return [
        onTable(table),
        column(table, operation.column.name, 'create'),
        ...usedType(operation.column.type),
        ...ownedSequence(table, operation.column),
      ]
    case 'drop_column':
      return [insideOf(table), column(table, operation.column, 'drop')]
    case 'rename_column':
      return [onTable(table), column(table, operation.column, 'drop'), column(table, operation.to, 'create')]
    case 'change_type':
      return [onTable(table), column(table, operation.column, 'modify', 'type'), ...usedType(operation.type)]
    case 'set_default':
      return [onTable(table), column(table, operation.column, 'modify', 'default')]
    case 'set_nullable':
      return [onTable(table), column(table, operation.column, 'modify', 'nullable')]
    case 'alter_column':
      return [onTable(table), column(table, operation.column, 'modify', operation.aspect)]
    default:
      return operation satisfies never
  }
}

/** A serial or identity column brings a sequence along, which takes a name among the relations. */
function ownedSequence(table: string, { name, type, generated }: Column): Touch[] {
  if (!type.endsWith('serial') && generated !== 'identity') return []
  return [touch('relation', [generatedName(table, [name], 'seq')], 'create')]
}
