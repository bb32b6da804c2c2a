import type { Operation, OperationBody } from '../../model/operation.ts'
import type { Schema, SchemaObject } from '../../schema/schema.ts'
import { indexName } from '../mysql/definition.ts'

/** Since then Rails says the collation again when it says a column anew. */
const collationKeptSince = 7
/** Until then a default was changed by saying all of the column. */
const defaultAloneSince = 6.1

/**
 * What MySQL does beside what it is told: a foreign key makes an index where there is none to use, which goes when there is one; an index
 * loses the columns that are dropped; and a column that is said anew without its collation gets that of its table.
 *
 * @param schema before the operation.
 */
export function impliedByMysql(
  schema: Schema,
  operation: Operation,
  rails: number,
): readonly OperationBody[] {
  const { kind } = operation
  if (kind === 'add_foreign_key') {
    const { table, name, columns } = operation
    if (name === undefined || indexesOf(schema, table).some((each) => beginsWith(each, columns))) return []
    return [indexOn(table, indexName(table, name), columns)]
  }
  if (kind === 'create_index') {
    const { table, elements } = operation
    const made = indexesOf(schema, table).filter(
      (each) => isMadeForKey(schema, table, each) && beginsWith({ elements }, listed(each.value['elements'])),
    )
    return made.map(({ path: [name = ''] }) => dropOf(table, name))
  }
  if (kind === 'drop_column')
    return indexesOf(schema, operation.table).flatMap((each) => withoutColumn(each, operation))
  if (kind === 'change_type' && operation.collation === undefined && rails < collationKeptSince)
    return collationGone(schema, operation, operation.type)
  const isSaidAnew =
    (kind === 'set_nullable' && rails < collationKeptSince) ||
    (kind === 'set_default' && rails < defaultAloneSince)
  return isSaidAnew ? collationGone(schema, operation) : []
}

function collationGone(
  schema: Schema,
  { table, column }: { readonly table: string; readonly column: string },
  typeNow?: string,
): readonly OperationBody[] {
  const found = schema.objects.get(`column ${table}.${column}`)
  if (found == null || found.value['more'] === undefined || found.value['generated'] !== undefined) return []
  const type = typeNow ?? String(found.value['type'])
  return [{ kind: 'change_type', table, column, type, collation: '' }]
}

function indexesOf(schema: Schema, table: string): readonly SchemaObject[] {
  return [...schema.objects.values()].filter(
    (each): each is SchemaObject => each?.kind === 'index' && each.table === table,
  )
}

function listed(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** Whether a key of these columns can use it. */
function beginsWith(
  index: Pick<SchemaObject, 'value'> | { readonly elements: readonly string[] },
  columns: readonly string[],
): boolean {
  const elements = 'elements' in index ? index.elements : listed(index.value['elements'])
  const isOfText = 'value' in index && /fulltext|spatial/.test(String(index.value['method']))
  return !isOfText && columns.every((column, at) => elements[at] === column)
}

/** It is named as the key is. */
function isMadeForKey({ objects }: Schema, table: string, index: SchemaObject): boolean {
  const [path = ''] = index.path
  const key = objects.get(`constraint ${table}.${path.slice(table.length + 1)}`)
  return key?.value['constraint'] === 'foreign_key'
}

function withoutColumn(
  index: SchemaObject,
  { table, column }: { readonly table: string; readonly column: string },
): readonly OperationBody[] {
  const [name = ''] = index.path
  const elements = listed(index.value['elements'])
  const left = elements.filter((each) => each.split(/[ (]/)[0] !== column)
  const isShortened = left.length > 0 && left.length < elements.length && index.value['ofConstraint'] !== true
  if (!isShortened) return []
  const { isUnique, method } = index.value
  return [{ ...indexOn(table, name, left), isUnique: isUnique === true, method: String(method) }]
}

type CreateIndex = Extract<OperationBody, { kind: 'create_index' }>

function indexOn(table: string, name: string, elements: readonly string[]): CreateIndex {
  const columns = elements.map((each) => each.split(/[ (]/)[0] ?? each)
  const shape = { isUnique: false, method: 'btree', isConcurrent: false, ifNotExists: false }
  return { kind: 'create_index', table, name, elements, columns, ...shape }
}

function dropOf(table: string, name: string): OperationBody {
  return { kind: 'drop_index', table, name, isConcurrent: false, ifExists: true }
}
