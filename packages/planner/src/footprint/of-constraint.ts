import type { Mode, Touch } from '../model/resource.ts'
import { constraintName, generatedName, splitName } from './names.ts'
import { column, inSchemaOf, insideOf, onTable, touch, unique, usedColumns, type Of } from './touches.ts'

export function ofConstraint(
  operation: Of<
    | 'add_constraint'
    | 'add_foreign_key'
    | 'drop_constraint'
    | 'validate_constraint'
    | 'rename_constraint'
    | 'alter_constraint'
  >,
): Touch[] {
  const { table } = operation
  const named = (name: string | undefined, mode: Mode): Touch =>
    touch('constraint', [table, name ?? '*'], mode)
  switch (operation.kind) {
    case 'add_constraint': {
      const name = constraintName(operation)
      const hasIndex = ['primary_key', 'unique', 'exclusion'].includes(operation.constraint)
      return [
        onTable(table),
        ...usedColumns(table, operation.columns),
        named(name, 'create'),
        ...(hasIndex ? [touch('relation', [inSchemaOf(table, name)], 'create')] : []),
        ...(operation.usingIndex === undefined
          ? []
          : [touch('relation', [inSchemaOf(table, operation.usingIndex)], 'drop')]),
        ...(operation.constraint === 'primary_key' || operation.constraint === 'unique'
          ? [unique(table, operation.columns, 'create')]
          : []),
        ...(operation.constraint === 'primary_key' || operation.constraint === 'not_null'
          ? operation.columns.map((each) => column(table, each, 'modify', 'nullable'))
          : []),
      ]
    }
    case 'add_foreign_key': {
      const { references, referencedColumns } = operation
      const name = operation.name ?? generatedName(splitName(table).bare, operation.columns, 'fkey')
      return [
        onTable(table),
        ...usedColumns(table, operation.columns),
        onTable(references),
        ...usedColumns(references, referencedColumns),
        unique(references, referencedColumns.length === 0 ? ['id'] : referencedColumns, 'use'),
        named(name, 'create'),
      ]
    }
    case 'drop_constraint':
      return [
        insideOf(table),
        named(operation.name, operation.name === undefined ? 'unknown' : 'drop'),
        // It falls with each of its columns.
        ...(operation.columns ?? ['*']).map((each) => column(table, each, 'read')),
        ...droppedIndex(operation),
        ...(operation.constraint === 'check' || operation.constraint === 'foreign_key'
          ? []
          : [touch('uniqueness', [table, '*'], 'drop')]),
      ]
    case 'validate_constraint':
      return [
        onTable(table),
        column(table, '*', 'read'),
        named(operation.name, operation.name === undefined ? 'unknown' : 'modify'),
      ]
    case 'rename_constraint':
      return [
        onTable(table),
        column(table, '*', 'read'),
        named(operation.name, 'drop'),
        named(operation.to, 'create'),
      ]
    case 'alter_constraint':
      return [onTable(table), column(table, '*', 'read'), named(operation.name, 'modify')]
    default:
      return operation satisfies never
  }
}

/** The index behind a constraint has its name, and gives it back. */
function droppedIndex({ table, name, constraint }: Of<'drop_constraint'>): Touch[] {
  const hasNone = constraint === 'check' || constraint === 'foreign_key' || constraint === 'not_null'
  return name === undefined || hasNone ? [] : [touch('relation', [inSchemaOf(table, name)], 'drop')]
}
