import type { OperationBody } from '../../model/operation.ts'
import { readAdded } from './alter-table.ts'
import type { ParseMysql } from './parser.ts'
import type { MysqlStatement, MysqlToken } from './statements.ts'
import { atCommas, closing, isMark, startsWith, unread, type Found } from './words.ts'

type Create = Extract<OperationBody, { kind: 'create_table' }>

/** @param rest what comes after the name. */
export function readCreateTable(
  head: { readonly table: string; readonly ifNotExists: boolean },
  rest: readonly MysqlToken[],
  context: { readonly statement: MysqlStatement; readonly parse: ParseMysql },
): readonly Found[] {
  const { table } = head
  const { line } = context.statement
  const end = isMark(rest[0], '(') ? closing(rest, 0) : null
  if (end === null || startsWith(rest.slice(1), 'like'))
    return [{ body: unread('CREATE TABLE from another table'), line }]
  const options = rest.slice(end + 1)
  const fills = ['as', 'select', 'table', 'values', 'with', 'union']
  if (options.some((each) => each.kind === 'word' && fills.includes(each.text.toLowerCase())))
    return [{ body: unread('CREATE TABLE with a query'), line }]

  const items = atCommas(rest.slice(1, end))
  const inside = items.flatMap((item) => readAdded(table, item, context))
  const columns = inside.flatMap(({ body }) => (body.kind === 'add_column' ? [body.column] : []))
  const primaryKey = inside.flatMap(({ body }) => (isKey(body) ? body.columns : []))
  const definition = options.map((each) => each.text.toLowerCase()).join(' ')
  const body: Create = {
    kind: 'create_table',
    table,
    columns: columns.map((each) => (primaryKey.includes(each.name) ? { ...each, nullable: false } : each)),
    primaryKey,
    ifNotExists: head.ifNotExists,
    ...(definition === '' ? {} : { definition }),
  }
  const others = inside.filter(({ body: each }) => each.kind !== 'add_column' && !isKey(each))
  return [{ body, line }, ...others]
}

function isKey(
  body: OperationBody,
): body is Extract<OperationBody, { kind: 'add_constraint' }> & { readonly constraint: 'primary_key' } {
  return body.kind === 'add_constraint' && body.constraint === 'primary_key'
}
