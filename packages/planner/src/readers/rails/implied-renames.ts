import { applyOperations } from '../../schema/apply.ts'
import type { Schema, SchemaObject } from '../../schema/schema.ts'
import type { Operation, OperationBody } from '../../model/operation.ts'
import { withKeyTypes } from './key-types.ts'
import { indexNameOf } from './schema/names.ts'

const sinceRails = 4

/**
 * Adds what is not written, and what the base tells: the types of keys that the app's configuration says; and what Rails does beside: with a table or a column it renames the indexes that it named itself, which only
 * the schema knows. Each operation is seen after those before it.
 */
export function withImpliedRenames(
  base: Schema,
  operations: readonly Operation[],
  /** The version of Rails: it does so since 4.0. */
  rails = Number.POSITIVE_INFINITY,
): readonly Operation[] {
  let schema = base
  return withKeyTypes(base, operations).flatMap((operation) => {
    const { place, confidence } = operation
    const implied = impliedBy(schema, operation, rails >= sinceRails).map((body): Operation => ({
      ...body,
      place,
      confidence,
    }))
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
  const columns = Array.isArray(elements) ? elements.map((each) => String(each).split(' ')[0] ?? '') : []
  for (const isShortened of [true, false]) {
    if (indexNameOf(tables.from, columns, { isShortened }) !== name) continue
    const to = indexNameOf(tables.to, rename(columns), { isShortened })
    return to === name ? [] : [{ kind: 'rename_index', table: tables.to, name, to }]
  }
  return []
}
