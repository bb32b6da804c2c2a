import { providedBy } from '../footprint/extensions.ts'
import { generatedName, ownTypeOf } from '../footprint/names.ts'
import type { Of } from '../footprint/touches.ts'
import type { Column } from '../model/operation.ts'
import { defaultTextOf } from './default-text.ts'
import { Refusal, type Draft } from './draft.ts'
import { keyOf, type SchemaObject } from './schema.ts'

type ColumnOperation = Of<
  | 'add_column'
  | 'drop_column'
  | 'rename_column'
  | 'change_type'
  | 'set_default'
  | 'set_nullable'
  | 'alter_column'
>

export function applyToColumn(draft: Draft, operation: ColumnOperation): string | null {
  const { table } = operation
  draft.need('table', table)
  if (operation.kind === 'add_column') {
    const existing = draft.find('column', table, operation.column.name)
    if (operation.ifNotExists && existing !== undefined && existing !== null) return null
    addColumn(draft, table, operation.column)
    return null
  }
  if (operation.kind === 'drop_column') return dropColumn(draft, operation)
  const column = draft.need('column', table, operation.column)
  const readBy = viewsOf(draft, table)
  switch (operation.kind) {
    case 'rename_column':
      renameColumn(draft, column, operation.to)
      return readBy
    case 'change_type': {
      const { type, collation } = operation
      const given = column.value['default']
      const kept = typeof given === 'string' ? { default: defaultTextOf(type, given) } : {}
      // An empty one is that of its table.
      const isTold = collation !== undefined && column.value['generated'] === undefined
      const more = isTold ? { more: collation === '' ? undefined : collation } : {}
      draft.put({ ...withType(draft, column, type), value: { ...column.value, ...kept, type, ...more } })
      return readBy
    }
    case 'set_default':
      draft.change(column, { default: defaultTextOf(String(column.value['type']), operation.default?.text) })
      return null
    case 'set_nullable':
      draft.change(column, { nullable: operation.nullable })
      return null
    case 'alter_column':
      draft.change(column, { [operation.aspect]: operation.value })
      return null
    default:
      return operation satisfies never
  }
}

export function addColumn(draft: Draft, table: string, column: Column): void {
  const { name, type, nullable, generated, more } = column
  const object: SchemaObject = {
    kind: 'column',
    path: [table, name],
    table,
    value: { type, nullable, default: defaultTextOf(type, column.default?.text), generated, more },
  }
  draft.create(withType(draft, object, type))
  if (type.endsWith('serial') || generated === 'identity') {
    const sequence = generatedName(table, [name], 'seq')
    draft.create({ kind: 'sequence', path: [sequence], table, columns: [name], value: {} })
  }
}

/** A type of our own must be there, and stay. */
function withType(draft: Draft, column: SchemaObject, type: string): SchemaObject {
  // A type that could not be read may be any.
  const own = type.includes('?') ? undefined : ownTypeOf({ type })
  const { needs: _needs, ...rest } = column
  if (own === undefined) return rest
  const found = draft.find('enum', own)
  if (found !== undefined && found !== null) return { ...rest, needs: [keyOf('enum', own)] }
  const extension = draft.all().find((each) => each.kind === 'extension' && brings(each, own))
  if (extension !== undefined) return { ...rest, needs: [keyOf('extension', ...extension.path)] }
  if (found === null || draft.isComplete) throw new Refusal(`type ${own} does not exist`)
  return rest
}

function brings(extension: SchemaObject, type: string): boolean {
  const { types } = providedBy(extension.path[0] ?? '')
  return types.includes(type) || types.includes('*')
}

function dropColumn(draft: Draft, { table, column: name, ifExists }: Of<'drop_column'>): string | null {
  const found = draft.find('column', table, name)
  if (ifExists && (found === null || (found === undefined && draft.isComplete))) return null
  const column = draft.need('column', table, name)
  const falling = draft.partsOf(table).filter((part) => part.columns?.includes(name) === true)
  for (const part of falling) draft.drop(part)
  draft.drop(column)
  return viewsOf(draft, table)
}

function renameColumn(draft: Draft, column: SchemaObject, to: string): void {
  const [table = '', from = ''] = column.path
  draft.forget(keyOf('column', table, from))
  draft.create({ ...column, path: [table, to] })
  const rename = (names: unknown): unknown =>
    Array.isArray(names) ? names.map((each: unknown) => renamedElement(String(each), from, to)) : names
  for (const part of draft.partsOf(table)) {
    if (part.columns === undefined) continue
    const { columns, elements, key } = part.value
    const columnsNow = part.columns.map((each) => (each === from ? to : each))
    draft.put({
      ...part,
      columns: columnsNow,
      value: { ...part.value, columns: rename(columns), elements: rename(elements), key: rename(key) },
    })
  }
  renameReferenced(draft, { table, from, to })
}

/** The beginning of a column, `a(10)`, and one that is sorted, `a desc`, are the column all the same. */
function renamedElement(element: string, from: string, to: string): string {
  const after = element.slice(from.length)
  return element.startsWith(from) && /^(?:$|[ (])/.test(after) ? `${to}${after}` : element
}

/** Keys from other tables name it, too. */
function renameReferenced(
  draft: Draft,
  { table, from, to }: Readonly<Record<'table' | 'from' | 'to', string>>,
): void {
  const [before, after] = [keyOf('column', table, from), keyOf('column', table, to)]
  for (const each of draft.all()) {
    if (each.needs?.includes(before) !== true) continue
    const referenced = each.value['to']
    const names: unknown = Array.isArray(referenced)
      ? referenced.map((name: unknown) => (name === from ? to : name))
      : referenced
    draft.put({
      ...each,
      needs: each.needs.map((key) => (key === before ? after : key)),
      value: { ...each.value, to: names },
    })
  }
}

/** Which columns a view uses is not known: the server may refuse. */
function viewsOf(draft: Draft, table: string): string | null {
  const readers = draft
    .all()
    .filter((each) => each.kind === 'view' && each.needs?.includes(keyOf('table', table)))
  return readers.length === 0
    ? null
    : `${readers.map((each) => each.path.join('.')).join(', ')} reads ${table}`
}
