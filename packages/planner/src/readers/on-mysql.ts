/**
 * What a framework's calls do on MySQL: the same operations, with the statements that MySQL runs and commits one by one.
 *
 * Each call counts as a statement of its own unless its reader knows better, so that in doubt a file cannot be resumed.
 */
import type { Operation, OperationBody } from '../model/operation.ts'
import { indexName } from './mysql/definition.ts'

/** What has an engine already was read from SQL. */
export function onMysql(operations: readonly Operation[]): readonly Operation[] {
  let own = 0
  let before: Operation | undefined
  return operations.map((operation) => {
    if (operation.engine !== undefined) return operation
    if (before === undefined || !isOneStatement(before, operation)) own++
    before = operation
    const statement = operation.manner?.statement ?? `${operation.place.file}#call ${own}`
    const { confidence, place, manner } = operation
    return {
      ...inItsWords(operation),
      // Named with its database, it is decided elsewhere which one that is.
      confidence: confidence === 'exact' && isQualified(operation) ? 'dynamic' : confidence,
      place,
      engine: 'mysql',
      manner: { ...manner, statement },
    }
  })
}

function isQualified(operation: Operation): boolean {
  return 'table' in operation && (operation.table ?? '').includes('.')
}

const ofColumn: ReadonlySet<Operation['kind']> = new Set(['change_type', 'set_default', 'set_nullable'])

/** `MODIFY` says a column anew. */
function isOneStatement(one: Operation, other: Operation): boolean {
  return (
    ofColumn.has(one.kind) &&
    ofColumn.has(other.kind) &&
    one.place.line === other.place.line &&
    'column' in one &&
    'column' in other &&
    one.table === other.table &&
    one.column === other.column
  )
}

/** MySQL has no constraint that is unique, only indexes, whose names are their table’s; the primary key has no name. */
function inItsWords(operation: Operation): OperationBody {
  const { confidence: _confidence, place: _place, engine: _engine, manner: _manner, ...body } = operation
  if (body.kind === 'add_constraint' && body.constraint === 'unique') {
    const { table, columns, name } = body
    return {
      kind: 'create_index',
      table,
      ...(name === undefined ? {} : { name: indexName(table, name) }),
      elements: columns,
      columns,
      isUnique: true,
      isConcurrent: false,
      ifNotExists: false,
      method: 'btree',
    }
  }
  if (body.kind === 'drop_constraint' && body.constraint === 'unique') {
    const { kind: _kind, constraint: _unique, references: _none, name, ...rest } = body
    const named = name === undefined ? {} : { name: indexName(body.table, name) }
    return { kind: 'drop_index', ...rest, ...named, isConcurrent: false }
  }
  if (body.kind === 'create_table') {
    const keys = new Set(body.primaryKey)
    const columns = body.columns.map((each) => (keys.has(each.name) ? { ...each, nullable: false } : each))
    return { ...body, columns }
  }
  if (body.kind === 'add_constraint' && body.constraint === 'primary_key') return withoutName(body)
  if (body.kind === 'drop_constraint' && body.constraint === 'primary_key') return withoutName(body)
  if (body.kind === 'create_index' || body.kind === 'drop_index') {
    const { name, table } = body
    return name === undefined || table === undefined ? body : { ...body, name: indexName(table, name) }
  }
  if (body.kind === 'rename_index' && body.table !== undefined) {
    const { table, name, to } = body
    return { ...body, name: indexName(table, name), to: indexName(table, to) }
  }
  return body
}

function withoutName<T extends { readonly name?: string }>({ name: _name, ...body }: T): Omit<T, 'name'> {
  return body
}
