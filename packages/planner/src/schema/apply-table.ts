import { generatedName, splitName } from '../footprint/names.ts'
import type { Of } from '../footprint/touches.ts'
import { addColumn } from './apply-column.ts'
import { keepIndex } from './apply-index.ts'
import type { Draft } from './draft.ts'
import { keyOf, type SchemaObject } from './schema.ts'

type TableOperation = Of<'create_table' | 'drop_table' | 'rename_table' | 'alter_table'>

export function applyToTable(draft: Draft, operation: TableOperation): string | null {
  const { table } = operation
  switch (operation.kind) {
    case 'create_table':
      return createTable(draft, operation)
    case 'drop_table': {
      const found = draft.find('table', table)
      if (operation.ifExists && (found === null || (found === undefined && draft.isComplete))) return null
      const dropped = draft.need('table', table)
      const isOpen = !draft.isComplete
      if (operation.isCascading) draft.dropNeeding(keyOf('table', table))
      draft.drop(dropped)
      for (const part of draft.partsOf(table)) draft.forget(keyOf(part.kind, ...part.path))
      return operation.isCascading && isOpen ? `drop of ${table} with all that depends on it` : null
    }
    case 'rename_table':
      renameTable(draft, table, operation.to)
      return null
    case 'alter_table': {
      draft.need('table', table)
      const { aspect, value } = operation
      // A table has many policies and grants, and one of everything else.
      const path = aspect === 'policy' || aspect === 'grant' ? [table, aspect, value] : [table, aspect]
      draft.put({ kind: 'aspect', path, table, value: { value } })
      return null
    }
    default:
      return operation satisfies never
  }
}

function createTable(draft: Draft, operation: Of<'create_table'>): string | null {
  const { table, definition, parent, primaryKey, reads, like } = operation
  const existing = draft.find('table', table)
  if (operation.ifNotExists && existing !== undefined && existing !== null) return null
  const { schema } = splitName(table)
  if (schema !== '') draft.need('schema', schema.slice(0, -1))
  for (const each of [...(reads ?? []), ...(like ?? [])]) draft.needReadable(each)
  if (parent !== undefined) draft.need('table', parent)
  const needs = parent === undefined ? {} : { needs: [keyOf('table', parent)] }
  draft.create({ kind: 'table', path: [table], ...needs, value: { definition, parent } })
  for (const column of operation.columns) addColumn(draft, table, column)
  if (primaryKey.length > 0) {
    const name = generatedName(splitName(table).bare, [], 'pkey')
    draft.create({
      kind: 'constraint',
      path: [table, name],
      table,
      columns: primaryKey,
      value: { constraint: 'primary_key', columns: primaryKey },
    })
    keepIndex(draft, { table, name, columns: primaryKey, isUnique: true, ofConstraint: true })
  }
  const copied = [...(like ?? []), ...(reads ?? []), ...(parent === undefined ? [] : [parent])]
  return copied.length === 0 ? null : `the columns of ${table} come from ${copied.join(', ')}`
}

function renameTable(draft: Draft, from: string, to: string): void {
  const table = draft.need('table', from)
  const parts = draft.partsOf(from)
  draft.forget(keyOf('table', from))
  for (const part of parts) draft.forget(keyOf(part.kind, ...part.path))
  draft.create({ ...table, path: [to] })
  const moved = new Map<string, string>([[keyOf('table', from), keyOf('table', to)]])
  for (const part of parts) {
    const path = pathBelow(part, { from, to })
    moved.set(keyOf(part.kind, ...part.path), keyOf(part.kind, ...path))
    draft.put({ ...part, path, table: to })
  }
  for (const each of draft.all()) draft.put(referring(withNeeds(each, moved), { from, to }))
}

/** A part is named below its table; so is an index of MySQL, in one name: `orders.by_state`. */
function pathBelow(
  { kind, path }: SchemaObject,
  { from, to }: Readonly<Record<'from' | 'to', string>>,
): readonly string[] {
  const [first = '', ...rest] = path
  if (first === from) return [to, ...rest]
  return kind === 'index' && first.startsWith(`${from}.`)
    ? [`${to}${first.slice(from.length)}`, ...rest]
    : path
}

/** A key of another table, or of this one, says in its own words which table it refers to. */
function referring(
  object: SchemaObject,
  { from, to }: Readonly<Record<'from' | 'to', string>>,
): SchemaObject {
  return object.value['references'] === from
    ? { ...object, value: { ...object.value, references: to } }
    : object
}

export function withNeeds(object: SchemaObject, moved: ReadonlyMap<string, string>): SchemaObject {
  if (object.needs === undefined) return object
  return { ...object, needs: object.needs.map((key) => moved.get(key) ?? key) }
}
