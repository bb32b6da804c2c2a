import type { Column, DefaultValue } from '../../model/operation.ts'
import {
  fieldsOf,
  findAll,
  joinName,
  listOf,
  nodeOf,
  nodesOf,
  normalText,
  stringsOf,
  textOf,
  type Fields,
  type Node,
} from './ast.ts'
import { expressionText } from './expression.ts'

/** The inner names of the server's types, as people write them. */
const spelled: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  bool: 'boolean',
  bpchar: 'char',
}

export function typeText(value: unknown): string {
  const fields = fieldsOf(value)
  const parts = stringsOf(fields['names']).filter((part) => part !== 'pg_catalog')
  const name = joinName(parts)
  const modifiers = nodesOf(fields['typmods']).map((node) => {
    const { ival } = fieldsOf(node.fields['ival'])
    if (node.fields['ival'] === undefined) return normalText(node.fields)
    // Zero is what the tree leaves out.
    return typeof ival === 'number' ? ival.toString() : '0'
  })
  const suffix = modifiers.length === 0 ? '' : `(${modifiers.join(',')})`
  return `${spelled[name] ?? name}${suffix}${'[]'.repeat(listOf(fields['arrayBounds']).length)}`
}

export function readColumn(definition: Fields): Column {
  const constraints = nodesOf(definition['constraints']).map((node) => node.fields)
  const has = (type: string): boolean => constraints.some((each) => each['contype'] === type)
  const given = constraints.find((each) => each['contype'] === 'CONSTR_DEFAULT')
  const generated = constraints.find((each) => each['contype'] === 'CONSTR_GENERATED')
  const kind = has('CONSTR_IDENTITY')
    ? 'identity'
    : generated === undefined
      ? undefined
      : generatedKind(generated)
  const type = typeText(definition['typeName'])
  const more = moreOf(definition, constraints)
  const isSerial = type.endsWith('serial')
  return {
    name: textOf(definition['colname']),
    type,
    nullable: !has('CONSTR_NOTNULL') && !has('CONSTR_PRIMARY') && !isSerial && kind !== 'identity',
    ...(given === undefined ? {} : { default: readDefault(given['raw_expr']) }),
    ...(kind === undefined ? {} : { generated: kind }),
    ...(more === undefined ? {} : { more }),
  }
}

function moreOf(definition: Fields, constraints: readonly Fields[]): string | undefined {
  const { collClause, storage_name: storage, compression, fdwoptions } = definition
  const made = constraints
    .filter((each) => each['contype'] === 'CONSTR_GENERATED' || each['contype'] === 'CONSTR_IDENTITY')
    .map((each) => [expressionText(each['raw_expr']), each['generated_when'], each['options']])
  const said = [collClause, storage, compression, fdwoptions, ...made].filter((each) => each !== undefined)
  return said.length === 0 ? undefined : normalText(said)
}

function generatedKind(constraint: Fields): 'stored' | 'virtual' {
  return constraint['generated_kind'] === 'v' ? 'virtual' : 'stored'
}

export function readDefault(expression: unknown): DefaultValue {
  const node = nodeOf(expression)
  return { volatility: volatilityOf(node), text: literalText(node) ?? expressionText(expression) }
}

/** A constant as every reader writes it, whatever it is cast to: a dump casts what a migration does not. */
function literalText({ type, fields }: Node): string | null {
  if (type === 'TypeCast') return literalText(nodeOf(fields['arg']))
  if (type !== 'A_Const') return null
  const of = (key: string): unknown => fieldsOf(fields[key])[key]
  if ('sval' in fields) return `'${textOf(of('sval'))}'`
  if ('boolval' in fields) return String(of('boolval') === true)
  // The parser leaves out what is zero.
  if ('ival' in fields) return String(Number(of('ival') ?? 0))
  return 'fval' in fields ? String(Number(of('fval'))) : null
}

/** Of the functions in common use; `now()` gives one value per transaction, so it is evaluated once. */
const stableFunctions = new Set(['now', 'transaction_timestamp', 'statement_timestamp', 'current_setting'])
const volatileFunctions = new Set([
  'random',
  'clock_timestamp',
  'timeofday',
  'nextval',
  'gen_random_uuid',
  'uuid_generate_v1',
  'uuid_generate_v4',
  'uuidv4',
  'uuidv7',
])

function volatilityOf(node: Node): DefaultValue['volatility'] {
  if (node.type === 'A_Const') return 'constant'
  if (node.type === 'TypeCast') return volatilityOf(nodeOf(node.fields['arg']))
  if (node.type === 'SQLValueFunction') return 'stable'
  const functions = findAll({ [node.type]: node.fields }, 'FuncCall').map(
    (each) => stringsOf(each['funcname']).at(-1) ?? '',
  )
  if (functions.some((name) => volatileFunctions.has(name))) return 'volatile'
  if (node.type === 'A_ArrayExpr') return functions.length === 0 ? 'constant' : 'unknown'
  if (node.type === 'FuncCall' && functions.every((name) => stableFunctions.has(name))) return 'stable'
  return 'unknown'
}
