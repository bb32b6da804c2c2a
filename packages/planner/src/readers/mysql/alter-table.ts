import type { OperationBody } from '../../model/operation.ts'
import { fieldsOf, listOf, nameOf, normalText, textOf, type Fields } from '../sql/ast.ts'
import { columnName, readColumn } from './column.ts'
import { addedColumn, indexName, readAddition, readInColumn, primaryKey } from './definition.ts'
import type { ParseMysql } from './parser.ts'
import type { MysqlStatement, MysqlToken } from './statements.ts'
import {
  atCommas,
  closing,
  isMark,
  nameAt,
  sourceOf,
  startsWith,
  unread,
  wordAt,
  type Found,
} from './words.ts'

/** What a table is altered by, each between two commas: one that cannot be read leaves the others readable. */
export function readItems(
  table: string,
  items: readonly MysqlToken[],
  { statement, parse }: { readonly statement: MysqlStatement; readonly parse: ParseMysql },
): readonly Found[] {
  const found = atCommas(items).flatMap((item): readonly Found[] => {
    const line = item[0]?.line ?? statement.line
    if (['algorithm', 'lock'].includes(wordAt(item, 0) ?? '')) return []
    const own = readByWords(table, item)
    if (own !== null) return own.map((body) => ({ body, line }))
    const list = columnList(item)
    if (list !== null) {
      return atCommas(list).flatMap((each) => readAdded(table, each, { statement, parse }))
    }
    return readItem(table, itemText(statement, item, wordAt(item, 1) === 'column' ? 2 : 1), line, parse)
  })
  // All others still name the table as it was.
  const isRename = ({ body }: Found): boolean => body.kind === 'rename_table'
  return [...found.filter((each) => !isRename(each)), ...found.filter(isRename)]
}

/** What stands in a list of definitions, without the word `ADD`. */
export function readAdded(
  table: string,
  item: readonly MysqlToken[],
  { statement, parse }: { readonly statement: MysqlStatement; readonly parse: ParseMysql },
): readonly Found[] {
  return readItem(table, `ADD ${itemText(statement, item, 0)}`, item[0]?.line ?? statement.line, parse)
}

/** `ADD (a int, b int)`. */
function columnList(item: readonly MysqlToken[]): readonly MysqlToken[] | null {
  if (wordAt(item, 0) !== 'add') return null
  const at = wordAt(item, 1) === 'column' ? 2 : 1
  const end = isMark(item[at], '(') ? closing(item, at) : null
  return end === item.length - 1 ? item.slice(at + 1, end) : null
}

/** With the names of types that the parser does not know in words that it does. */
function itemText(statement: MysqlStatement, item: readonly MysqlToken[], nameIs: number): string {
  const type = item[nameIs + 1]
  const word = type?.kind === 'word' ? type.text.toLowerCase() : null
  const isPrecise = word === 'double' && wordAt(item, nameIs + 2) === 'precision'
  if (type === undefined || (word !== 'bool' && !isPrecise)) return sourceOf(statement, item)
  const after = item.slice(nameIs + (isPrecise ? 3 : 2))
  const before = sourceOf(statement, item.slice(0, nameIs + 1))
  return `${before} ${isPrecise ? 'double' : 'boolean'} ${after.length === 0 ? '' : sourceOf(statement, after)}`
}

/** What the parser does not know; null for all else. */
function readByWords(table: string, item: readonly MysqlToken[]): readonly OperationBody[] | null {
  if (startsWith(item, 'rename', 'index') || startsWith(item, 'rename', 'key')) {
    const [name, to] = [nameAt(item, 2), nameAt(item, 4)]
    if (name === null || to === null || wordAt(item, 3) !== 'to' || to.next !== item.length) return null
    const named = { name: indexName(table, name.name), to: indexName(table, to.name) }
    return [{ kind: 'rename_index', table, ...named }]
  }
  if (wordAt(item, 0) === 'rename' && item.some((each) => isMark(each, '.')))
    return [unread('RENAME into another database')]
  if (startsWith(item, 'convert', 'to')) {
    const value = item.map((each) => each.text.toLowerCase()).join(' ')
    return [{ kind: 'alter_table', table, aspect: 'options', value }]
  }
  const option = tableOption(item)
  if (option !== null) return [{ kind: 'alter_table', table, aspect: 'options', value: option }]
  if (wordAt(item, 0) !== 'alter') return null
  const name = nameAt(item, wordAt(item, 1) === 'column' ? 2 : 1)
  if (name === null) return null
  const column = name.name.toLowerCase()
  const rest = item.slice(name.next)
  if (startsWith(rest, 'drop', 'default') && rest.length === 2)
    return [{ kind: 'set_default', table, column, default: null }]
  if (!startsWith(rest, 'set', 'default')) return null
  const [value, ...others] = rest.slice(2)
  const isLiteral = others.length === 0 && (value?.kind === 'string' || /^\d+$/.test(value?.text ?? ''))
  const text = rest
    .slice(2)
    .map((each) => each.text)
    .join(' ')
  return [
    { kind: 'set_default', table, column, default: { volatility: isLiteral ? 'constant' : 'unknown', text } },
  ]
}

/** `ENGINE = InnoDB`, `CHARACTER SET utf8mb4 COLLATE …`: what a table has beside its parts. */
function tableOption(item: readonly MysqlToken[]): string | null {
  if (!options.some((words) => startsWith(item, ...words.split(' ')))) return null
  const isPlain = item.every((each) => each.kind !== 'mark' || each.text === '=')
  return isPlain ? item.map((each) => each.text.toLowerCase()).join(' ') : null
}

const options = [
  'engine',
  'row_format',
  'key_block_size',
  'stats_persistent',
  'stats_auto_recalc',
  'stats_sample_pages',
  'character set',
  'charset',
  'collate',
  'default character set',
  'default charset',
  'default collate',
]

function readItem(table: string, text: string, line: number, parse: ParseMysql): readonly Found[] {
  const parsed = listOf(parse(`ALTER TABLE t ${text}`)?.['expr'])
  const [only] = parsed
  const read = parsed.length === 1 ? readParsed(table, fieldsOf(only)) : null
  const isPlaced = fieldsOf(only)['suffix'] !== null && fieldsOf(only)['suffix'] !== undefined
  if (read === null) return [{ line, body: unread(`ALTER TABLE … ${text.slice(0, shown)}`) }]
  return read.map((body) => ({
    body,
    line,
    ...(isPlaced ? { isPlaced } : {}),
    // Servers before 9.0 read what a column refers to, and do nothing about it.
    ...(body.kind === 'add_foreign_key' && body.isInline ? { isConditional: true } : {}),
  }))
}

/** As much of a statement as tells which one it is. */
const shown = 60

function readParsed(table: string, item: Fields): readonly OperationBody[] | null {
  switch (item['action']) {
    case 'add': {
      if (item['resource'] === 'column') return addedColumn(table, item)
      const added = readAddition(table, item)
      return added === null ? null : [added]
    }
    case 'drop': {
      const dropped = readDropped(table, item)
      return dropped === null ? null : [dropped]
    }
    case 'modify':
      return redefined(table, item)
    case 'change': {
      const [was, is] = [columnName(item['old_column']), columnName(item['column'])]
      const renamed: OperationBody = { kind: 'rename_column', table, column: was, to: is }
      return [...(was === is ? [] : [renamed]), ...redefined(table, item)]
    }
    case 'rename':
      if (item['resource'] === 'table' && nameOf(item['table']) !== undefined)
        return [{ kind: 'rename_table', table, to: textOf(item['table']) }]
      if (item['resource'] !== 'column') return null
      return [
        {
          kind: 'rename_column',
          table,
          column: columnName(item['old_column']),
          to: columnName(item['column']),
        },
      ]
    case undefined:
      return readOption(table, item)
    default:
      return null
  }
}

/** `MODIFY` says all of a column anew: what it does not say is gone. */
function redefined(table: string, definition: Fields): readonly OperationBody[] {
  const { name: column, type, nullable, more, generated, default: given } = readColumn(definition)
  const using = [generated, more].filter((each) => each !== undefined).join(' ')
  const said = using === '' ? {} : { using }
  const collated = generated !== undefined || more === undefined ? {} : { collation: more }
  return [
    { kind: 'change_type', table, column, type, ...said, ...collated },
    { kind: 'set_nullable', table, column, nullable },
    { kind: 'set_default', table, column, default: given ?? null },
    ...('primary_key' in definition ? [primaryKey(table, [column])] : []),
    ...readInColumn(table, definition),
  ]
}

function readDropped(table: string, item: Fields): OperationBody | null {
  const keyword = textOf(item['keyword']).toLowerCase()
  const ifExists = false
  const constraint = (
    kind: 'foreign_key' | 'primary_key' | 'check' | 'unknown',
    name: unknown,
  ): OperationBody => {
    const said = nameOf(name)?.toLowerCase()
    const named = said === undefined ? {} : { name: said }
    return { kind: 'drop_constraint', table, constraint: kind, ...named, ifExists }
  }
  if (item['resource'] === 'column')
    return { kind: 'drop_column', table, column: columnName(item['column']), ifExists }
  if (keyword === 'index' || keyword === 'key') {
    const name = indexName(table, textOf(item['index'] ?? item['key']))
    return { kind: 'drop_index', table, name, isConcurrent: false, ifExists }
  }
  if (keyword === 'foreign key') return constraint('foreign_key', item['key'])
  if (keyword === 'primary key') return constraint('primary_key', undefined)
  if (item['resource'] === 'constraint')
    return constraint(keyword === 'check' ? 'check' : 'unknown', item['constraint'])
  return null
}

function readOption(table: string, item: Fields): readonly OperationBody[] | null {
  const resource = textOf(item['resource'])
  const value = `${resource}=${normalText(item[resource] ?? null)}`
  if (resource === 'comment') return [{ kind: 'alter_table', table, aspect: 'comment', value }]
  if (resource === 'auto_increment' || resource === 'default character set')
    return [{ kind: 'alter_table', table, aspect: 'options', value }]
  return null
}
