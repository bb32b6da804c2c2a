import { applyOperations } from '../../schema/apply.ts'
import type { Schema, SchemaObject } from '../../schema/schema.ts'
import type { Operation, OperationBody } from '../../model/operation.ts'
import { indexName } from '../mysql/definition.ts'
import { impliedByMysql } from './implied-by-mysql.ts'
import { withKeyTypes } from './key-types.ts'
import { indexNameOf } from './schema/names.ts'
import type { RailsAdapter } from './schema/setting.ts'

/** It renames indexes. */
const sinceRails = 4

export interface RanBy {
  /** The version of Rails. */
  readonly rails?: number
  readonly adapter?: RailsAdapter
}

/**
 * Adds what is not written, and what the base tells: the types of keys that the app's configuration says; and what is done beside: with a
 * table or a column Rails renames the indexes that it named itself, which only the schema knows, and MySQL has ways of its own. Each
 * operation is seen after those before it.
 */
export function withImpliedRenames(
  base: Schema,
  operations: readonly Operation[],
  { rails = Number.POSITIVE_INFINITY, adapter = 'postgresql' }: RanBy = {},
): readonly Operation[] {
  let schema = base
  return withKeyTypes(base, operations).flatMap((operation) => {
    const { place, confidence, engine, manner } = operation
    const origin = {
      place,
      confidence,
      ...(engine === undefined ? {} : { engine }),
      ...(manner === undefined ? {} : { manner }),
    }
    const bodies = [
      ...impliedBy(schema, operation, rails >= sinceRails),
      // What an open schema has is not known.
      ...(adapter === 'mysql' && schema.isComplete ? impliedByMysql(schema, operation, rails) : []),
    ]
    const implied = bodies.map((body): Operation => ({ ...body, ...origin }))
    const all = [operation, ...implied]
    const applied = applyOperations(schema, all)
    if (applied.outcome === 'applied') schema = applied.schema
    return all
  })
}

function impliedBy(schema: Schema, operation: Operation, areRenamed: boolean): readonly OperationBody[] {
  if (operation.kind === 'rename_table') {
    const { table: from, to } = operation
    const moved = (areRenamed ? indexesOf(schema, from) : []).flatMap((index) =>
      renamed(index, { from, to }, (columns) => columns),
    )
    const key: OperationBody = {
      kind: 'rename_constraint',
      table: to,
      name: `${from}_pkey`,
      to: `${to}_pkey`,
    }
    return schema.objects.get(`constraint ${from}.${from}_pkey`) == null ? moved : [key, ...moved]
  }
  if (operation.kind === 'rename_column' && areRenamed) {
    const { table, column, to } = operation
    return indexesOf(schema, table)
      .filter((index) => index.columns?.includes(column) === true)
      .flatMap((index) =>
        renamed(index, { from: table, to: table }, (columns) =>
          columns.map((each) => (each === column ? to : each)),
        ),
      )
  }
  return []
}

function indexesOf(schema: Schema, table: string): readonly SchemaObject[] {
  return [...schema.objects.values()].filter(
    (each) =>
      each !== null && each.kind === 'index' && each.table === table && each.value['ofConstraint'] !== true,
  ) as SchemaObject[]
}

function renamed(
  index: SchemaObject,
  tables: { readonly from: string; readonly to: string },
  rename: (columns: readonly string[]) => readonly string[],
): readonly OperationBody[] {
  const [name = ''] = index.path
  const elements = index.value['elements']
  const columns = Array.isArray(elements) ? elements.map((each) => String(each).split(/[ (]/)[0] ?? '') : []
  for (const isShortened of [true, false]) {
    const [before, after] = [
      indexNameOf(tables.from, columns, { isShortened }),
      indexNameOf(tables.to, rename(columns), { isShortened }),
    ]
    if (before === after) continue
    if (before === name) return [{ kind: 'rename_index', table: tables.to, name, to: after }]
    // Of MySQL: it is below its table, which has its new name by now.
    if (indexName(tables.from, before) !== name) continue
    const named = { name: indexName(tables.to, before), to: indexName(tables.to, after) }
    return [{ kind: 'rename_index', table: tables.to, ...named }]
  }
  return []
}
