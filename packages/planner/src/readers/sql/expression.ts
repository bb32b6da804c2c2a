/**
 * Expressions by what they mean: the server writes back what it was given with casts of its own, and lists as arrays.
 *
 * `state IN ('a', 'b')` and `(state)::text = ANY ((ARRAY['a'::varchar, 'b'::varchar])::text[])` give one text.
 */
import { fieldsOf, listOf, nodeOf, normalText, stringsOf, textOf, type Fields } from './ast.ts'

export function expressionText(expression: unknown): string {
  return normalText(simplified(expression))
}

/** Casts between texts, which the server adds; any other decides what is compared. */
const textTypes = new Set(['text', 'varchar', 'bpchar'])

function simplified(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplified)
  if (typeof value !== 'object' || value === null) return value
  const { type, fields } = nodeOf(value)
  const isNode = Object.keys(value).length === 1 && /^[A-Z]/.test(type)
  if (isNode && type === 'TypeCast' && isOfText(fields)) return simplified(fields['arg'])
  if (isNode && type === 'A_Expr') return comparison(fields)
  if (isNode && type === 'FuncCall') {
    // How it was written decides only how it is written back.
    const { funcformat: _format, ...rest } = fields
    return { FuncCall: entriesOf(rest) }
  }
  return entriesOf(fieldsOf(value))
}

function entriesOf(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, below]) => [key, simplified(below)]))
}

function isOfText(cast: Fields): boolean {
  const type = fieldsOf(cast['typeName'])
  const isSized = listOf(type['typmods']).length > 0
  const name = stringsOf(type['names']).at(-1) ?? ''
  if (isSized) return false
  if (textTypes.has(name)) return true
  // A constant is written back with the type that it is compared as, a column with the wider type of the other side.
  const arg = nodeOf(cast['arg'])
  if (arg.type === 'A_Const' && 'ival' in arg.fields) return /^(int|float|numeric|bigint)/.test(name)
  return arg.type === 'ColumnRef' && /^(int8|float8|numeric)$/.test(name)
}

/** `= ANY (ARRAY[…])` is `IN (…)`, `<> ALL (ARRAY[…])` is `NOT IN (…)`, and LIKE is its operator. */
function comparison(fields: Fields): unknown {
  const kind = textOf(fields['kind'])
  const operator = stringsOf(fields['name']).at(-1)
  const right = nodeOf(simplified(fields['rexpr']))
  const isList =
    (kind === 'AEXPR_OP_ANY' && operator === '=') || (kind === 'AEXPR_OP_ALL' && operator === '<>')
  const plain = entriesOf(fields)
  if (isList && right.type === 'A_ArrayExpr') {
    return { A_Expr: { ...plain, kind: 'AEXPR_IN', rexpr: { List: { items: right.fields['elements'] } } } }
  }
  return { A_Expr: kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE' ? { ...plain, kind: 'AEXPR_OP' } : plain }
}
