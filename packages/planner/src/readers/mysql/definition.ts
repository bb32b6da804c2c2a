import type { OperationBody } from '../../model/operation.ts'
import { fieldsOf, listOf, nameOf, normalText, textOf, type Fields } from '../sql/ast.ts'
import { columnName, readColumn, tableName } from './column.ts'
import { unread } from './words.ts'

/** What is added to a table beside columns; null for what is none of it. */
export function readAddition(table: string, parsed: Fields): OperationBody | null {
  if (parsed['resource'] === 'index') return readIndex(table, { ...parsed, kind: parsed['keyword'] })
  if (parsed['resource'] !== 'constraint') return null
  const given = fieldsOf(parsed['create_definitions'])
  const kind = textOf(given['constraint_type']).toLowerCase()
  const name = nameOf(given['constraint'])
  if (kind.startsWith('unique')) {
    const index = given['index'] ?? given['constraint']
    return readIndex(table, { ...given, index, kind })
  }
  const named = name === undefined ? {} : { name: name.toLowerCase() }
  switch (kind) {
    case 'primary key':
      return primaryKey(table, listOf(given['definition']).map(columnName))
    case 'check':
      return { ...checkOf(table, given['definition']), ...named }
    case 'foreign key': {
      const columns = listOf(given['definition']).map(columnName)
      const key = foreignKey(table, { columns, reference: given['reference_definition'], isInline: false })
      return key === null ? null : { ...key, ...named }
    }
    default:
      return null
  }
}

/** What stands inside the definition of a column, and is none of its own. */
export function readInColumn(table: string, definition: Fields): readonly OperationBody[] {
  const name = columnName(definition['column'])
  const bodies: (OperationBody | null)[] = []
  if ('unique' in definition || 'unique_key' in definition) {
    const index = { definition: [definition['column']], index: null, kind: 'unique' }
    bodies.push(readIndex(table, index))
  }
  if (definition['check'] !== undefined) bodies.push(checkOf(table, definition['check']))
  const reference = definition['reference_definition']
  if (reference !== undefined)
    bodies.push(foreignKey(table, { columns: [name], reference, isInline: true }) ?? unread('REFERENCES'))
  return bodies.filter((each) => each !== null)
}

export function primaryKey(table: string, columns: readonly string[]): OperationBody {
  return { kind: 'add_constraint', table, constraint: 'primary_key', columns, isValidated: true }
}

function checkOf(table: string, definition: unknown): OperationBody {
  const [columns, expression] = [columnsIn(definition), normalText(definition)]
  return { kind: 'add_constraint', table, constraint: 'check', columns, expression, isValidated: true }
}

function foreignKey(
  table: string,
  given: { readonly columns: readonly string[]; readonly reference: unknown; readonly isInline: boolean },
): Extract<OperationBody, { kind: 'add_foreign_key' }> | null {
  const reference = fieldsOf(given.reference)
  const [to] = listOf(reference['table'])
  // Which of two databases is meant is not known.
  if (to === undefined || nameOf(fieldsOf(to)['db']) !== undefined) return null
  const match = reference['match'] ?? null
  const actions = [...(match === null ? [] : [match]), ...listOf(reference['on_action'])]
  return {
    kind: 'add_foreign_key',
    table,
    columns: given.columns,
    references: tableName(to),
    referencedColumns: listOf(reference['definition']).map(columnName),
    actions: actions.length === 0 ? '' : normalText(actions),
    isValidated: true,
    isInline: given.isInline,
  }
}

/** Every table has its own names of indexes. */
export function indexName(table: string, name: string): string {
  return `${table}.${name.toLowerCase()}`
}

export function readIndex(table: string, given: Fields): OperationBody {
  const kind = textOf(given['kind']).toLowerCase()
  const name = nameOf(given['index'])
  const said = [given['index_options'], given['index_type'], given['index_using']].filter(
    (each) => each !== undefined && each !== null,
  )
  const elements = listOf(given['definition'])
  return {
    kind: 'create_index',
    table,
    ...(name === undefined ? {} : { name: indexName(table, name) }),
    elements: elements.map(elementText),
    columns: columnsIn(elements.map(asColumn)),
    isUnique: kind.startsWith('unique'),
    method: /^(?:fulltext|spatial)/.exec(kind)?.[0] ?? 'btree',
    ...(said.length === 0 ? {} : { options: normalText(said) }),
    isConcurrent: false,
    ifNotExists: false,
  }
}

/** `CREATE INDEX` takes the beginning of a column, `a(10)`, for a function. */
function asColumn(element: unknown): unknown {
  const { type, name, args, parentheses, ...rest } = fieldsOf(element)
  const [length, ...others] = listOf(fieldsOf(args)['value']).map(fieldsOf)
  if (type !== 'function' || parentheses === true || others.length > 0 || length?.['type'] !== 'number')
    return element
  const [column] = listOf(fieldsOf(name)['name']).map((each) => fieldsOf(each)['value'])
  return { ...rest, type: 'column_ref', column, suffix: `(${String(length['value'])})` }
}

function elementText(element: unknown): string {
  const fields = fieldsOf(asColumn(element))
  const isDescending = textOf(fields['order_by']).toLowerCase() === 'desc'
  const { order_by: _, ...expression } = fields
  const text =
    fields['type'] === 'column_ref'
      ? `${columnName(fields)}${textOf(fields['suffix'])}`
      : `(${normalText(expression)})`
  return isDescending ? `${text} desc` : text
}

/** The columns that an expression names. */
export function columnsIn(value: unknown): readonly string[] {
  const found = new Set<string>()
  const visit = (each: unknown): void => {
    if (Array.isArray(each)) for (const one of each) visit(one)
    if (typeof each !== 'object' || each === null) return
    const fields = fieldsOf(each)
    if (fields['type'] === 'column_ref') found.add(columnName(fields))
    for (const below of Object.values(fields)) visit(below)
  }
  visit(value)
  return [...found]
}

export function addedColumn(table: string, definition: Fields): readonly OperationBody[] {
  const column = readColumn(definition)
  const keys = 'primary_key' in definition ? [primaryKey(table, [column.name])] : []
  return [
    { kind: 'add_column', table, column, ifNotExists: false },
    ...keys,
    ...readInColumn(table, definition),
  ]
}
