/**
 * What an operation touches, and how: all that relating two tickets needs.
 *
 * Promise: two operations whose touches do not meet reach the same schema in either order. What cannot be said precisely is a
 * touch with mode `unknown`, never left out. A rename is a drop and a create.
 */
import type { Operation } from '../model/operation.ts'
import type { Mode, Resource, ResourceKind, Touch } from '../model/resource.ts'
import { constraintName, generatedName, indexName, ownTypeOf, splitName } from './names.ts'
import { providedBy } from './extensions.ts'

export function footprintOf(operation: Operation): readonly Touch[] {
  switch (operation.kind) {
    case 'create_table':
    case 'drop_table':
    case 'rename_table':
    case 'alter_table':
      return ofTable(operation)
    case 'add_column':
    case 'drop_column':
    case 'rename_column':
    case 'change_type':
    case 'set_default':
    case 'set_nullable':
    case 'alter_column':
      return ofColumn(operation)
    case 'create_index':
    case 'drop_index':
    case 'rename_index':
    case 'reindex':
      return ofIndex(operation)
    case 'add_constraint':
    case 'add_foreign_key':
    case 'drop_constraint':
    case 'validate_constraint':
    case 'rename_constraint':
    case 'alter_constraint':
      return ofConstraint(operation)
    case 'data':
      return [
        ...operation.writes.map((table) => touch('relation', [table], 'write')),
        ...operation.reads.map((table) => touch('relation', [table], 'read')),
      ]
    case 'session':
      return []
    case 'opaque':
      return operation.touches === 'anything'
        ? [touch('relation', ['*'], 'unknown')]
        : operation.touches.map((table) => touch('relation', [table], 'unknown'))
    default:
      return ofOther(operation)
  }
}

function touch(kind: ResourceKind, path: readonly string[], mode: Mode, aspect?: string): Touch {
  const resource: Resource = { kind, path }
  return aspect === undefined ? { resource, mode } : { resource, mode, aspect }
}

const onTable = (table: string): Touch => touch('relation', [table], 'use')
const insideOf = (table: string): Touch => touch('relation', [table], 'read')
const column = (table: string, name: string, mode: Mode, aspect?: string): Touch =>
  touch('column', [table, name], mode, aspect)
const usedColumns = (table: string, names: readonly string[]): Touch[] =>
  names.map((name) => column(table, name, 'use'))
const unique = (table: string, columns: readonly string[], mode: Mode): Touch =>
  touch('uniqueness', [table, [...columns].sort().join(',')], mode)
const usedType = (type: string): Touch[] => {
  const own = ownTypeOf({ type })
  return own === undefined ? [] : [touch('type', [own], 'use')]
}

type Of<K extends Operation['kind']> = Extract<Operation, { kind: K }>

function ofTable(operation: Of<'create_table' | 'drop_table' | 'rename_table' | 'alter_table'>): Touch[] {
  const { table } = operation
  switch (operation.kind) {
    case 'create_table':
      return [
        touch('relation', [table], 'create'),
        ...schemaOf(table),
        ...operation.columns.flatMap((each) => usedType(each.type)),
        ...(operation.primaryKey.length > 0
          ? [touch('relation', [generatedName(table, [], 'pkey')], 'create'), unique(table, operation.primaryKey, 'create')]
          : []),
        ...(operation.parent === undefined ? [] : [onTable(operation.parent), column(operation.parent, '*', 'use')]),
        ...(operation.reads ?? []).flatMap((read) => [insideOf(read), column(read, '*', 'use')]),
      ]
    case 'drop_table':
      return [touch('relation', [table], 'drop')]
    case 'rename_table':
      return [touch('relation', [table], 'drop'), touch('relation', [operation.to], 'create')]
    case 'alter_table':
      return [onTable(table), touch('relation', [table], 'modify', operation.aspect)]
  }
}

function ofColumn(
  operation: Of<'add_column' | 'drop_column' | 'rename_column' | 'change_type' | 'set_default' | 'set_nullable' | 'alter_column'>,
): Touch[] {
  const { table } = operation
  switch (operation.kind) {
    case 'add_column':
      return [onTable(table), column(table, operation.column.name, 'create'), ...usedType(operation.column.type)]
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
  }
}

function ofIndex(operation: Of<'create_index' | 'drop_index' | 'rename_index' | 'reindex'>): Touch[] {
  switch (operation.kind) {
    case 'create_index': {
      const { table } = operation
      return [
        onTable(table),
        ...usedColumns(table, operation.columns),
        touch('relation', [indexName(table, operation)], 'create'),
        ...(operation.isUnique && operation.where === undefined ? [unique(table, operation.columns, 'create')] : []),
      ]
    }
    case 'drop_index': {
      const name = operation.name ?? generatedName(operation.table ?? '', operation.columns ?? [], 'idx')
      const dropped = touch('relation', [inSchemaOf(operation.table, name)], 'drop')
      if (operation.table === undefined) return [dropped, touch('uniqueness', ['*', '*'], 'drop')]
      const lost =
        operation.columns === undefined
          ? touch('uniqueness', [operation.table, '*'], 'drop')
          : unique(operation.table, operation.columns, 'drop')
      return [insideOf(operation.table), dropped, lost]
    }
    case 'rename_index':
      return [
        ...(operation.table === undefined ? [] : [onTable(operation.table)]),
        touch('relation', [inSchemaOf(operation.table, operation.name)], 'drop'),
        touch('relation', [inSchemaOf(operation.table, operation.to)], 'create'),
      ]
    case 'reindex':
      return [insideOf(operation.name)]
  }
}

function inSchemaOf(table: string | undefined, name: string): string {
  return table === undefined || name.includes('.') ? name : `${splitName(table).schema}${name}`
}

function ofConstraint(
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
  const named = (name: string | undefined, mode: Mode): Touch => touch('constraint', [table, name ?? '*'], mode)
  switch (operation.kind) {
    case 'add_constraint': {
      const name = constraintName(operation)
      const hasIndex = ['primary_key', 'unique', 'exclusion'].includes(operation.constraint)
      return [
        onTable(table),
        ...usedColumns(table, operation.columns),
        named(name, 'create'),
        ...(hasIndex ? [touch('relation', [inSchemaOf(table, name)], 'create')] : []),
        ...(operation.usingIndex === undefined ? [] : [touch('relation', [inSchemaOf(table, operation.usingIndex)], 'drop')]),
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
        ...(operation.constraint === 'check' || operation.constraint === 'foreign_key'
          ? []
          : [touch('uniqueness', [table, '*'], 'drop')]),
      ]
    case 'validate_constraint':
      return [onTable(table), named(operation.name, operation.name === undefined ? 'unknown' : 'modify')]
    case 'rename_constraint':
      return [onTable(table), named(operation.name, 'drop'), named(operation.to, 'create')]
    case 'alter_constraint':
      return [onTable(table), named(operation.name, 'modify')]
  }
}

/** A created object needs its schema; the default one is always there. */
function schemaOf(name: string): Touch[] {
  const { schema } = splitName(name)
  return schema === '' ? [] : [touch('schema', [schema.slice(0, -1)], 'use')]
}

function ofOther(
  operation: Exclude<
    Operation,
    | Parameters<typeof ofTable>[0]
    | Parameters<typeof ofColumn>[0]
    | Parameters<typeof ofIndex>[0]
    | Parameters<typeof ofConstraint>[0]
    | Of<'data' | 'session' | 'opaque'>
  >,
): Touch[] {
  const { name } = operation
  switch (operation.kind) {
    case 'create_enum':
      return [touch('type', [name], 'create'), ...schemaOf(name)]
    case 'add_enum_value':
      return [
        touch('type', [name], 'use'),
        touch('enum_value', [name, operation.value], 'create'),
        // Where it stands among the others is part of the schema: two additions at one place are told apart by their order.
        touch('type', [name], 'modify', `order after ${placeAmongValues(operation)}`),
        ...(operation.neighbour === undefined ? [] : [touch('enum_value', [name, operation.neighbour.value], 'use')]),
      ]
    case 'rename_enum_value':
      return [
        touch('type', [name], 'use'),
        touch('enum_value', [name, operation.value], 'drop'),
        touch('enum_value', [name, operation.to], 'create'),
      ]
    case 'drop_type':
      return [touch('type', [name], 'drop')]
    case 'create_extension':
    case 'drop_extension': {
      const mode = operation.kind === 'create_extension' ? 'create' : 'drop'
      return [
        touch('extension', [name], mode),
        ...providedBy(name).types.map((type) => touch('type', [type], mode)),
        ...providedBy(name).functions.map((each) => touch('function', [each], mode)),
      ]
    }
    case 'create_schema':
      return [touch('schema', [name], 'create')]
    case 'drop_schema':
      return [touch('schema', [name], 'drop')]
    case 'create_view':
      return [
        touch('relation', [name], operation.isReplacing ? 'unknown' : 'create'),
        ...schemaOf(name),
        // Which columns it uses is not resolved: any change of a column of what it reads may matter.
        ...operation.reads.flatMap((read) => [onTable(read), column(read, '*', 'use')]),
      ]
    case 'drop_view':
      return [touch('relation', [name], 'drop')]
    case 'create_function':
      // What its body needs is looked up when it runs, not when it is created.
      return [touch('function', [name], operation.isReplacing ? 'unknown' : 'create'), ...schemaOf(name)]
    case 'drop_function':
      return [touch('function', [name], 'drop')]
    case 'create_trigger':
      return [
        onTable(operation.table),
        touch('trigger', [operation.table, name], 'create'),
        touch('function', [operation.function], 'use'),
      ]
    case 'drop_trigger':
      return [insideOf(operation.table), touch('trigger', [operation.table, name], 'drop')]
    case 'create_sequence':
      return [touch('relation', [name], 'create'), ...schemaOf(name)]
    case 'alter_sequence':
      return [touch('relation', [name], 'unknown')]
    case 'drop_sequence':
      return [touch('relation', [name], 'drop')]
  }
}

function placeAmongValues(operation: Of<'add_enum_value'>): string {
  return operation.neighbour === undefined ? 'the last' : `${operation.neighbour.side} ${operation.neighbour.value}`
}
