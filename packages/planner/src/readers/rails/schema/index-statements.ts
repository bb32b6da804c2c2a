import type { OperationBody } from '../../../model/operation.ts'
import type { Machine } from '../ruby/machine.ts'
import type { RubyNode } from '../ruby/node.ts'
import { nameIn, namesIn, type Value } from '../ruby/value.ts'
import { flagIn, hasUnknown, type Given, type Options } from './given.ts'
import { indexNameOf } from './names.ts'
import type { RailsAdapter } from './setting.ts'
import { bodyOf, type TableSink } from './table-sink.ts'

const known = new Set(
  `name unique where using algorithm order opclass length type include nulls_not_distinct if_not_exists comment internal enabled column
  _uses_legacy_reference_index_name _uses_legacy_index_name`.split(/\s+/),
)

/** @param columns one, several, or the text of an expression. */
export function addIndex(
  machine: Machine,
  sink: TableSink,
  {
    columns: value,
    options,
    areOptionsKnown = true,
    node,
  }: { columns: Value | undefined; options: Options; areOptionsKnown?: boolean; node: RubyNode },
): void {
  const columns = namesIn(value)
  if (columns === null) return sink.opaque(node, 'an index on columns that are not known')
  const { table } = sink
  const expression = value?.type === 'string' && /\W/.test(value.text ?? '') ? value.text : null
  const given = nameIn(options.get('name'))
  if (given === null && options.has('name')) return sink.opaque(node, 'an index whose name is not known')
  const isShortened = machine.setting.rules.areLongIndexNamesShortened
  const name = given ?? indexNameOf(table, expression ?? columns, { isShortened })
  const isOpen = !areOptionsKnown || hasUnknown(options) || [...options.keys()].some((key) => !known.has(key))
  const shape = {
    isUnique: flagIn(options, 'unique') === true,
    isConcurrent: nameIn(options.get('algorithm')) === 'concurrently',
    ifNotExists: flagIn(options, 'if_not_exists') === true,
    method: nameIn(options.get('using')) ?? nameIn(options.get('type')) ?? 'btree',
  }
  const include = namesIn(options.get('include')) ?? []
  const where = nameIn(options.get('where'))
  const { adapter } = machine.setting
  const elements = columns.map(
    (column) =>
      `${expression ?? quoted(column)}${lengthOf(options, column, adapter)}${suffixes(options, column)}`,
  )
  const more = optionsText(options)
  const needsSql = expression !== null || where !== null || options.has('opclass')
  const body: OperationBody = needsSql
    ? throughSql(machine, { table, name, elements, include, where, options, ...shape }, columns)
    : {
        kind: 'create_index',
        table,
        name,
        elements: [...elements.map(unquoted), ...include.map((each) => `include ${each}`)],
        columns: [...new Set([...columns, ...include])],
        ...shape,
        ...(more === null ? {} : { options: more }),
      }
  sink.emit(body, node, isOpen ? 'dynamic' : 'exact')
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function unquoted(element: string): string {
  return element.replaceAll('"', '')
}

function suffixes(options: Options, column: string): string {
  const parts = ['opclass', 'order'].map((key) => optionFor(options.get(key), column))
  const [opclass, order] = [parts[0] ?? '', (parts[1] ?? '').toLowerCase()]
  const said = ordinary.has(order) ? '' : order === 'desc nulls first' ? 'desc' : order.replace(/^asc /, '')
  return [opclass, said].map((each) => (each === '' ? '' : ` ${each}`)).join('')
}

/** Only MySQL indexes the beginning of a column. One number is for each of them. */
function lengthOf(options: Options, column: string, adapter: RailsAdapter): string {
  const length = adapter === 'mysql' ? options.get('length') : undefined
  const own = length?.type === 'hash' ? length.entries?.find(([key]) => nameIn(key) === column)?.[1] : length
  return own?.type === 'number' ? `(${own.number})` : ''
}

/** What an index has without a word. */
const ordinary = new Set(['', 'asc', 'asc nulls last'])

/** One for all columns, or one for each by its name. */
function optionFor(value: Value | undefined, column: string): string | null {
  if (value?.type !== 'hash') return nameIn(value)
  const found = value.entries?.find(([key]) => nameIn(key) === column)
  return found === undefined ? null : nameIn(found[1])
}

function optionsText(options: Options): string | null {
  const parts: string[] = []
  if (flagIn(options, 'nulls_not_distinct') === true) parts.push('nulls not distinct')
  return parts.length === 0 ? null : parts.join(', ')
}

interface Written {
  readonly table: string
  readonly name: string
  readonly elements: readonly string[]
  readonly include: readonly string[]
  readonly where: string | null
  readonly options: Options
  readonly isUnique: boolean
  readonly isConcurrent: boolean
  readonly ifNotExists: boolean
  readonly method: string
}

/** Conditions and expressions are SQL: its reader says what they mean, and which columns they need. */
function throughSql(machine: Machine, index: Written, columns: readonly string[]): OperationBody {
  const { table, name, elements, include, where, isUnique, isConcurrent, method, options } = index
  const parts = [
    `CREATE ${isUnique ? 'UNIQUE ' : ''}INDEX ${isConcurrent ? 'CONCURRENTLY ' : ''}${quoted(name)}`,
    `ON ${table.split('.').map(quoted).join('.')} USING ${method} (${elements.map(asElement).join(', ')})`,
    ...(include.length === 0 ? [] : [`INCLUDE (${include.map(quoted).join(', ')})`]),
    ...(flagIn(options, 'nulls_not_distinct') === true ? ['NULLS NOT DISTINCT'] : []),
    ...(where === null ? [] : [`WHERE ${where}`]),
  ]
  const [read] = machine.setting.sql({ file: '', text: parts.join(' ') }).operations
  if (read?.kind === 'create_index')
    return { ...bodyOf(read), ifNotExists: index.ifNotExists } as OperationBody
  const reason = `an index on ${columns.join(', ')}, whose expression or condition is not SQL that can be read`
  return { kind: 'opaque', reason, touches: [table] }
}

/** Rails writes what it is given between the parentheses: a function stands as it is, an operator is put in its own. */
function asElement(element: string): string {
  return /^("|\(|[\w.]+\(.*\)( |$))/.test(element) || element.includes(',') ? element : `(${element})`
}

export function removeIndex(sink: TableSink, { values, options }: Given, node: RubyNode): void {
  const { table } = sink
  const name = nameIn(options.get('name'))
  const column = options.get('column') ?? values[0]
  const columns = column === undefined ? null : namesIn(column)
  if (name === null && columns === null) return sink.opaque(node, 'an index that is not known is removed')
  sink.emit(
    {
      kind: 'drop_index',
      table,
      ...(name === null ? {} : { name }),
      ...(columns === null ? {} : { columns }),
      isConcurrent: nameIn(options.get('algorithm')) === 'concurrently',
      ifExists: flagIn(options, 'if_exists') === true,
    },
    node,
    hasUnknown(options) ? 'dynamic' : 'exact',
  )
}

export function renameIndex(sink: TableSink, { values }: Given, node: RubyNode): void {
  const [name, to] = values.map((value) => nameIn(value))
  if (name == null || to == null) return sink.opaque(node, 'an index is renamed, and the names are not known')
  sink.emit({ kind: 'rename_index', table: sink.table, name, to }, node)
}
