import type { FactKey } from '../facts/lookup.ts'
import { ownTypeOf } from '../footprint/names.ts'
import type { Of } from '../footprint/touches.ts'
import type { Column, Operation, TableAspect } from '../model/operation.ts'
import { typeChangeKey } from './type-change.ts'

/** What is known beside the operation. */
export interface Known {
  /** The type of a column before the change, where a base schema says it. */
  readonly typeOf: (table: string, column: string) => string | undefined
  readonly isNullable?: (table: string, column: string) => boolean | undefined
}

/**
 * The row of the facts that tells what a server does with an operation on a table that exists already; null when no row does, and
 * what it does is then said by its class alone. In doubt the row with the worse consequences.
 */
export function factKeyOf(operation: Operation, known: Known): FactKey | null {
  switch (operation.kind) {
    case 'create_table':
      if (operation.like !== undefined) return 'create_table_like'
      if (operation.reads !== undefined) return 'create_table_as'
      return operation.parent === undefined ? 'create_table' : 'create_partition_of'
    case 'drop_table':
    case 'rename_table':
    case 'drop_column':
    case 'rename_column':
    case 'rename_index':
    case 'rename_constraint':
    case 'create_enum':
    case 'drop_type':
    case 'create_schema':
    case 'drop_schema':
    case 'create_trigger':
    case 'drop_trigger':
    case 'create_sequence':
    case 'alter_sequence':
    case 'drop_sequence':
      return operation.kind
    case 'alter_table':
      return tableAspects[operation.aspect]
    case 'add_column':
      return addedColumnKey(operation.column)
    case 'change_type':
      return typeChangeKey(known.typeOf(operation.table, operation.column), operation)
    case 'set_default':
      return operation.default === null ? 'drop_default' : 'set_default'
    case 'set_nullable':
      return operation.nullable ? 'drop_not_null' : 'set_not_null'
    case 'alter_column':
      return columnAspects[operation.aspect]
    case 'create_index':
      if (operation.isConcurrent) return 'create_index_concurrently'
      return operation.isUnique ? 'create_unique_index' : 'create_index'
    case 'drop_index':
      return operation.isConcurrent ? 'drop_index_concurrently' : 'drop_index'
    case 'reindex':
      if (operation.target === 'index')
        return operation.isConcurrent ? 'reindex_concurrently' : 'reindex_index'
      return operation.isConcurrent ? 'reindex_table_concurrently' : 'reindex_table'
    case 'add_constraint':
      return addedConstraintKey(operation)
    case 'add_foreign_key':
      if (operation.isInline) return 'add_column_with_fk_inline'
      return operation.isValidated ? 'add_fk' : 'add_fk_not_valid'
    case 'drop_constraint':
      // Of an unknown constraint the worse: the other end of a foreign key is locked, too.
      return operation.constraint === 'foreign_key' || operation.constraint === 'unknown'
        ? 'drop_constraint_fk'
        : 'drop_constraint_check'
    case 'validate_constraint':
      return 'validate_fk'
    case 'alter_constraint':
      return 'alter_constraint_deferrable'
    case 'add_enum_value':
      return 'enum_add_value'
    case 'rename_enum_value':
      return 'enum_rename_value'
    case 'create_view':
      if (operation.isMaterialized) return 'create_matview'
      return operation.isReplacing ? 'replace_view' : 'create_view'
    case 'drop_view':
      return 'drop_view'
    case 'create_function':
      return operation.isReplacing ? null : 'create_function'
    case 'data':
      return dataKeys[operation.verb]
    case 'create_extension':
    case 'drop_extension':
    case 'drop_function':
    case 'session':
    case 'opaque':
      return null
    default:
      return operation satisfies never
  }
}

const tableAspects: Readonly<Record<TableAspect, FactKey>> = {
  options: 'set_reloption_fillfactor',
  logging: 'set_unlogged',
  owner: 'owner_to',
  row_security: 'enable_rls',
  policy: 'create_policy',
  replica_identity: 'set_replica_identity',
  cluster: 'cluster_on',
  comment: 'comment_table',
  triggers_enabled: 'disable_trigger',
  access_method: 'set_access_method',
  attach_partition: 'attach_partition',
  detach_partition: 'detach_partition',
  grant: 'grant',
}

const columnAspects = {
  statistics: 'set_statistics',
  storage: 'set_storage',
  identity: 'add_identity',
  comment: 'comment_column',
} as const satisfies Readonly<Record<Of<'alter_column'>['aspect'], FactKey>>

const dataKeys = {
  insert: 'insert_select',
  copy: 'insert_select',
  update: 'update_all',
  merge: 'update_all',
  delete: 'delete_where',
  truncate: 'truncate',
  refresh: 'refresh_matview',
} as const satisfies Readonly<Record<Of<'data'>['verb'], FactKey>>

function addedColumnKey(column: Column): FactKey {
  if (column.generated === 'stored') return 'add_column_generated_stored'
  if (column.generated === 'virtual') return 'add_column_generated_virtual'
  if (column.generated === 'identity') return 'add_column_identity'
  if (column.type.endsWith('serial')) return 'add_column_serial'
  const given = column.default
  if (given === undefined) return column.nullable ? 'add_column_nullable' : 'add_column_not_null_no_default'
  switch (given.volatility) {
    case 'volatile':
    case 'unknown':
      return 'add_column_volatile_default'
    case 'stable':
      return 'add_column_stable_default_now'
    case 'constant':
      if (column.nullable) return 'add_column_const_default'
      return ownTypeOf(column) === undefined
        ? 'add_column_not_null_const_default'
        : 'add_column_const_default'
    default:
      return given.volatility satisfies never
  }
}

function addedConstraintKey(operation: Of<'add_constraint'>): FactKey {
  const { constraint, usingIndex, isValidated } = operation
  switch (constraint) {
    case 'primary_key':
      return usingIndex === undefined ? 'add_primary_key' : 'add_primary_key_using_index'
    case 'unique':
      return usingIndex === undefined ? 'add_unique_constraint' : 'add_unique_using_index'
    case 'check':
      return isValidated ? 'add_check' : 'add_check_not_valid'
    case 'exclusion':
      return 'add_exclusion_constraint'
    case 'not_null':
      return isValidated ? 'set_not_null' : 'add_not_null_constraint_not_valid'
    default:
      return constraint satisfies never
  }
}
