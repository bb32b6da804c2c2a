import type { Column, DefaultValue } from '../../model/operation.ts'
import { fieldsOf, listOf, normalText, textOf, type Fields } from '../sql/ast.ts'

/** Names of columns and of indexes are the same in upper and lower case. */
export function columnName(value: unknown): string {
  return textOf(fieldsOf(value)['column']).toLowerCase()
}

export function tableName(value: unknown): string {
  return textOf(fieldsOf(value)['table'])
}

export function readColumn(definition: Fields): Column {
  const given = readDefault(definition)
  const generated = generatedKind(definition)
  const more = moreOf(definition)
  return {
    name: columnName(definition['column']),
    type: typeText(definition['definition']),
    nullable: fieldsOf(definition['nullable'])['type'] !== 'not null' && !('primary_key' in definition),
    ...(given === undefined ? {} : { default: given }),
    ...(generated === undefined ? {} : { generated }),
    ...(more === undefined ? {} : { more }),
  }
}

const sameTypes: Readonly<Record<string, string>> = {
  integer: 'int',
  dec: 'decimal',
  numeric: 'decimal',
  fixed: 'decimal',
  boolean: 'tinyint(1)',
}

function typeText(value: unknown): string {
  const { dataType, length, scale, suffix, expr, ...rest } = fieldsOf(value)
  const said = textOf(dataType).toLowerCase()
  const name = sameTypes[said] ?? said
  const values = listOf(fieldsOf(expr)['value']).map((each) => `'${textOf(fieldsOf(each)['value'])}'`)
  const sizes = expr === undefined ? [length, scale].filter((each) => typeof each === 'number') : values
  const words = listOf(suffix).map((each) => textOf(each).toLowerCase())
  const { parentheses: _, ...other } = rest
  const unknown = Object.values(other).some((each) => each !== null) ? [normalText(other)] : []
  return [`${name}${sizes.length === 0 ? '' : `(${sizes.join(',')})`}`, ...words, ...unknown].join(' ')
}

/** What has parentheses is an expression that is evaluated for each row; the time of now is one for all. */
function readDefault(definition: Fields): DefaultValue | undefined {
  if (definition['default_val'] === undefined) return undefined
  const value = fieldsOf(fieldsOf(definition['default_val'])['value'])
  if (value['type'] === 'null') return undefined
  const text = defaultText(value)
  if (value['parentheses'] === true) return { volatility: 'unknown', text }
  return { volatility: value['type'] === 'function' ? 'stable' : 'constant', text }
}

function defaultText(value: Fields): string {
  const { type: _, value: literal, ...more } = value
  if (Object.values(more).some((each) => each !== null && each !== true)) return normalText(value)
  if (typeof literal === 'number' || value['type'] === 'number') return String(Number(literal))
  if (value['type'] === 'single_quote_string' || value['type'] === 'double_quote_string')
    return `'${textOf(literal)}'`
  return normalText(value)
}

function generatedKind(definition: Fields): Column['generated'] {
  if ('auto_increment' in definition) return 'identity'
  if (definition['generated'] === undefined) return undefined
  return fieldsOf(definition['generated'])['storage_type'] === 'stored' ? 'stored' : 'virtual'
}

/** Read as operations of their own, or in their own place of a column. */
const placed = new Set([
  'action',
  'type',
  'keyword',
  'resource',
  'column',
  'old_column',
  'definition',
  'nullable',
  'default_val',
  'auto_increment',
  'primary_key',
  'unique',
  'unique_key',
  'reference_definition',
  'check',
  'suffix',
])

/** Everything else, whatever it is: a character set, a comment, what a column is generated from. */
export function moreOf(definition: Fields): string | undefined {
  const rest = Object.entries(definition).filter(([key, value]) => !placed.has(key) && value !== null)
  return rest.length === 0 ? undefined : normalText(Object.fromEntries(rest))
}
