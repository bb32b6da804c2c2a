/**
 * Runs operations on a schema, symbolically: the same schema, or the same refusal, that a server gives.
 *
 * What it cannot follow (opaque work, the shape of a copied table) is listed as a limit, never left out.
 */
import type { Operation, SourceLine } from '../model/operation.ts'
import { applyToColumn } from './apply-column.ts'
import { applyToConstraint } from './apply-constraint.ts'
import { applyToIndex } from './apply-index.ts'
import { applyToOther } from './apply-other.ts'
import { applyToTable } from './apply-table.ts'
import { Draft, Refusal } from './draft.ts'
import type { Schema } from './schema.ts'

export interface Limit {
  readonly place: SourceLine
  readonly reason: string
}

export type Applied =
  | { readonly outcome: 'applied'; readonly schema: Schema; readonly limits: readonly Limit[] }
  /** With limits, the server may think otherwise. */
  | {
      readonly outcome: 'refused'
      readonly place: SourceLine
      readonly problem: string
      readonly limits: readonly Limit[]
    }

export function applyOperations(schema: Schema, operations: readonly Operation[]): Applied {
  const draft = new Draft(schema)
  const limits: Limit[] = []
  for (const operation of operations) {
    const { place } = operation
    if (operation.confidence === 'conditional' || operation.confidence === 'dynamic') {
      limits.push({ place, reason: `${operation.kind.replaceAll('_', ' ')} is ${operation.confidence}` })
    }
    try {
      const reason = apply(draft, operation)
      if (reason !== null) limits.push({ place, reason })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      // It runs as it was read or not at all, and so it cannot run.
      if (operation.confidence === 'conditional') continue
      return { outcome: 'refused', place, problem: error.message, limits }
    }
  }
  return { outcome: 'applied', schema: draft.finish(), limits }
}

/** @returns what could not be followed, if there is such. */
function apply(draft: Draft, operation: Operation): string | null {
  switch (operation.kind) {
    case 'create_table':
    case 'drop_table':
    case 'rename_table':
    case 'alter_table':
      return applyToTable(draft, operation)
    case 'add_column':
    case 'drop_column':
    case 'rename_column':
    case 'change_type':
    case 'set_default':
    case 'set_nullable':
    case 'alter_column':
      return applyToColumn(draft, operation)
    case 'create_index':
    case 'drop_index':
    case 'rename_index':
    case 'reindex':
      return applyToIndex(draft, operation)
    case 'add_constraint':
    case 'add_foreign_key':
    case 'drop_constraint':
    case 'validate_constraint':
    case 'rename_constraint':
    case 'alter_constraint':
      return applyToConstraint(draft, operation)
    case 'data':
      for (const table of [...operation.writes, ...operation.reads]) {
        if (isNamed(operation, table)) draft.needReadable(table)
      }
      return `${operation.verb} of rows in ${operation.writes.join(', ')}`
    case 'session':
      return null
    case 'opaque':
      // From here on, what is not known may have come.
      draft.isComplete = false
      return operation.reason
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
      return applyToOther(draft, operation)
    default:
      return operation satisfies never
  }
}

/** A table that the text names itself, and that is not one of the framework's own. */
function isNamed({ confidence }: Operation, table: string): boolean {
  return confidence === 'exact' && table !== '*' && !ownTables.has(table)
}

/** Kept by frameworks beside the schema: no dump has them. */
const ownTables = new Set(['schema_migrations', 'ar_internal_metadata'])
