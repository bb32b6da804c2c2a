/** Reading the parser's tree: every node is an object with one key, its type, over its fields. Absent is empty, never a crash. */
import { canonicalJson } from '@conduct/core'

export type Fields = Readonly<Record<string, unknown>>

export interface Node {
  readonly type: string
  readonly fields: Fields
}

export function nodeOf(value: unknown): Node {
  const [entry] = Object.entries(fieldsOf(value))
  return entry === undefined ? { type: '', fields: {} } : { type: entry[0], fields: fieldsOf(entry[1]) }
}

export function nodesOf(value: unknown): readonly Node[] {
  return listOf(value).map(nodeOf)
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Undefined when there is none, so that it can be left out. */
export function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** `[{String: {sval}}, …]` as texts. */
export function stringsOf(value: unknown): readonly string[] {
  return nodesOf(value).map((node) => textOf(node.fields['sval']))
}

/** A name of one or two parts, without the schema that is there by default. */
export function joinName(parts: readonly string[]): string {
  const known = parts.filter((part) => part !== '')
  return (known[0] === 'public' && known.length > 1 ? known.slice(1) : known).join('.')
}

export function relationName(value: unknown): string {
  const fields = fieldsOf(value)
  return joinName([textOf(fields['schemaname']), textOf(fields['relname'])])
}

/** Every node of a type anywhere below, itself included. */
export function findAll(value: unknown, type: string): readonly Fields[] {
  if (Array.isArray(value)) return value.flatMap((each) => findAll(each, type))
  return Object.entries(fieldsOf(value)).flatMap(([key, below]) => [
    ...(key === type ? [fieldsOf(below)] : []),
    ...findAll(below, type),
  ])
}

/** The same text for the same meaning: the tree without its positions. */
export function normalText(value: unknown): string {
  return canonicalJson(withoutPositions(value))
}

function withoutPositions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPositions)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key]) =>
          key !== 'location' && !key.startsWith('stmt_') && !/^(?:rexpr_)?list_(?:start|end)$/.test(key),
      )
      .map(([key, below]) => [key, withoutPositions(below)]),
  )
}

/** The tables that a query reads; names of its own WITH clauses are none. */
export function tablesRead(query: unknown): readonly string[] {
  const own = new Set(findAll(query, 'CommonTableExpr').map((each) => textOf(each['ctename'])))
  const tables = findAll(query, 'RangeVar')
    .map((each) => relationName(each))
    .filter((name) => !own.has(name))
  return [...new Set(tables)].sort()
}

/** The columns that an expression names, without their tables. */
export function columnsNamed(expression: unknown): readonly string[] {
  const names = findAll(expression, 'ColumnRef').map((each) => stringsOf(each['fields']).at(-1) ?? '')
  return [...new Set(names.filter((name) => name !== ''))]
}
