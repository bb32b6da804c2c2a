/**
 * What an operation touches, and how: all that relating two tickets needs.
 *
 * Promise: two operations whose touches do not meet reach the same schema in either order. What cannot be said precisely is a
 * touch with mode `unknown`, never left out. A rename is a drop and a create.
 */
import type { Operation } from '../model/operation.ts'
import type { Touch } from '../model/resource.ts'
import { ofConstraint } from './of-constraint.ts'
import { ofIndex } from './of-index.ts'
import { ofOther } from './of-other.ts'
import { ofColumn, ofTable } from './of-table.ts'
import { touch } from './touches.ts'

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
    case 'create_enum':
    case 'add_enum_value':
    case 'rename_enum_value':
    case 'drop_type':
    case 'create_extension':
    case 'drop_extension':
    case 'create_schema':
    case 'drop_schema':
    case 'create_view':
    case 'drop_view':
    case 'create_function':
    case 'drop_function':
    case 'create_trigger':
    case 'drop_trigger':
    case 'create_sequence':
    case 'alter_sequence':
    case 'drop_sequence':
      return ofOther(operation)
    default:
      return operation satisfies never
  }
}
