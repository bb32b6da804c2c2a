import type { OperationBody } from '../../model/operation.ts'
import { fieldsOf, listOf, nameOf, normalText, textOf, type Fields } from '../sql/ast.ts'
import { readItems } from './alter-table.ts'
import { readCreateTable } from './create-table.ts'
import { indexName, readIndex } from './definition.ts'
import type { ParseMysql } from './parser.ts'
import { readSetting } from './setting.ts'
import type { MysqlStatement, MysqlToken } from './statements.ts'
import { nameAt, sourceOf, startsWith, unread, wordAt, type Found } from './words.ts'

export interface StatementRead {
  readonly found: readonly Found[]
  /** It names a database: what it means is decided by the one that it runs in. */
  readonly isQualified: boolean
}

/** What one statement does; what has no reading here is opaque, and says which statement it was. */
export function readMysqlStatement(statement: MysqlStatement, parse: ParseMysql): StatementRead {
  const { tokens, line } = statement
  const only = (body: OperationBody, isQualified = false): StatementRead => ({
    found: [{ body, line }],
    isQualified,
  })
  if (statement.problem !== null) return only(unread(statement.problem))
  if (startsWith(tokens, 'alter', 'table')) {
    const table = nameAt(tokens, 2)
    if (table === null) return only(unread('ALTER TABLE'))
    const found = readItems(table.name, tokens.slice(table.next), { statement, parse })
    return { found, isQualified: table.isQualified }
  }
  const newTable = tableCreated(tokens)
  if (newTable !== null) {
    const found = readCreateTable(newTable, tokens.slice(newTable.next), { statement, parse })
    return { found, isQualified: newTable.isQualified }
  }
  if (wordAt(tokens, 0) === 'set') return only(readSetting(tokens))
  const parsed = parse(sourceOf(statement, tokens))
  const bodies = parsed === null ? null : readParsed(parsed)
  if (parsed === null || bodies === null) return only(unread(headOf(tokens)))
  return { found: bodies.map((body) => ({ body, line })), isQualified: namesDatabase(parsed) }
}

function tableCreated(tokens: readonly MysqlToken[]) {
  if (!startsWith(tokens, 'create', 'table')) return null
  const ifNotExists = startsWith(tokens.slice(2), 'if', 'not', 'exists')
  const name = nameAt(tokens, ifNotExists ? 5 : 2)
  return name === null ? null : { ...name, table: name.name, ifNotExists }
}

/** Enough of it to be found again. */
function headOf(tokens: readonly MysqlToken[]): string {
  const words = tokens.slice(0, 4).filter((each) => each.kind !== 'string')
  return `the statement ${words.map((each) => each.text).join(' ')} …`
}

function readParsed(parsed: Fields): readonly OperationBody[] | null {
  switch (parsed['type']) {
    case 'create':
      return created(parsed)
    case 'drop':
      return dropped(parsed)
    case 'rename':
      return listOf(parsed['table']).map((pair): OperationBody => {
        const [table = '', to = ''] = listOf(pair).map((each) => textOf(fieldsOf(each)['table']))
        return { kind: 'rename_table', table, to }
      })
    case 'truncate':
      return [writing('truncate', tablesIn(parsed['name']), [])]
    case 'insert':
    case 'replace':
      return [writing('insert', tablesIn(parsed['table']), tablesIn(parsed))]
    case 'update':
      return [writing('update', tablesIn(parsed['table']), tablesIn(parsed))]
    case 'delete':
      return [writing('delete', tablesIn(parsed['table']), tablesIn(parsed))]
    case 'load_data':
      return [writing('copy', tablesIn(parsed['table']), [])]
    case 'lock':
    case 'unlock':
    case 'transaction':
      return [{ kind: 'session', text: textOf(parsed['type']).toUpperCase() }]
    case 'select':
      // A function that is called may be one that somebody has written.
      return callsSomething(parsed) ? null : [{ kind: 'session', text: 'SELECT' }]
    default:
      return null
  }
}

function created(parsed: Fields): readonly OperationBody[] | null {
  switch (parsed['keyword']) {
    case 'index': {
      const table = textOf(fieldsOf(parsed['table'])['table'])
      const { index_columns: definition, index_type: kind, ...rest } = parsed
      return [readIndex(table, { ...rest, index_type: null, definition, kind: kind ?? '' })]
    }
    case 'view': {
      const name = textOf(fieldsOf(parsed['view'])['view'])
      const { replace, ...definition } = parsed
      const isReplacing = replace !== null && replace !== undefined
      return [
        {
          kind: 'create_view',
          name,
          isMaterialized: false,
          isReplacing,
          reads: tablesIn(parsed['select']),
          definition: normalText(definition),
        },
      ]
    }
    default:
      return null
  }
}

function dropped(parsed: Fields): readonly OperationBody[] | null {
  const ifExists = textOf(parsed['prefix']).toLowerCase() === 'if exists'
  const names = listOf(parsed['name']).map((each) => textOf(fieldsOf(each)['table']))
  switch (parsed['keyword']) {
    case 'table':
      return names.map((table) => ({ kind: 'drop_table', table, isCascading: false, ifExists }))
    case 'view':
      return names.map((name) => ({ kind: 'drop_view', name, isMaterialized: false, ifExists }))
    case 'index': {
      const table = textOf(fieldsOf(parsed['table'])['table'])
      const name = indexName(table, textOf(fieldsOf(parsed['name'])['column']))
      return [{ kind: 'drop_index', table, name, isConcurrent: false, ifExists }]
    }
    default:
      return null
  }
}

type Verb = Extract<OperationBody, { kind: 'data' }>['verb']

function writing(verb: Verb, writes: readonly string[], reads: readonly string[]): OperationBody {
  return { kind: 'data', verb, writes, reads: reads.filter((each) => !writes.includes(each)) }
}

/** Every table that is named anywhere below, as a table. */
function tablesIn(value: unknown): readonly string[] {
  return [...new Set(everyTable(value).map((each) => textOf(each['table'])))].sort()
}

function namesDatabase(value: unknown): boolean {
  return everyTable(value).some((each) => nameOf(each['db']) !== undefined)
}

function everyTable(value: unknown): readonly Fields[] {
  if (Array.isArray(value)) return value.flatMap(everyTable)
  if (typeof value !== 'object' || value === null) return []
  const fields = fieldsOf(value)
  const own = 'db' in fields && (typeof fields['table'] === 'string' || 'view' in fields) ? [fields] : []
  return [...own, ...Object.values(fields).flatMap(everyTable)]
}

function callsSomething(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(callsSomething)
  if (typeof value !== 'object' || value === null) return false
  const fields = fieldsOf(value)
  return fields['type'] === 'function' || Object.values(fields).some(callsSomething)
}
