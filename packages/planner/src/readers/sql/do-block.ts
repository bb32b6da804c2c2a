/**
 * The body of `DO`, by the server's own parser of PL/pgSQL: what its statements do, each where it stands.
 *
 * Promise: a statement that may not run is conditional; one that is put together while it runs, and whatever calls a function
 * that is not known only to compute, is opaque.
 */
import type { Operation } from '../../model/operation.ts'
import { fieldsOf, findAll, listOf, nodeOf, nodesOf, stringsOf, textOf, type Fields } from './ast.ts'

export interface DoTools {
  /** The tree of a text that holds one DO. @throws what the parser throws */
  readonly parseBody: (text: string) => unknown
  readonly parse: (text: string) => { readonly statements: readonly unknown[] } | { readonly message: string }
  /** The operations of a text, whose first line is given. */
  readonly read: (text: string, line: number) => readonly Operation[]
  readonly file: string
}

interface Walk {
  readonly tools: DoTools
  readonly firstLine: number
  readonly found: Operation[]
  /** A way out was passed that may be taken. */
  mayBeLeft: boolean
}

/** @returns null when it cannot be read. */
export function readDo(tools: DoTools, statement: Fields, firstLine: number): readonly Operation[] | null {
  const args = nodesOf(statement['args'])
  const given = (name: string): string | undefined =>
    args
      .map(({ fields }) => fields)
      .flatMap((each) => (each['defname'] === name ? [textOf(nodeOf(each['arg']).fields['sval'])] : []))[0]
  const body = given('as')
  if (body === undefined || (given('language') ?? 'plpgsql') !== 'plpgsql') return null
  const tag = freeTag(body)
  const [only, ...others] = functionsIn(tools, `DO ${tag}${body}${tag}`)
  if (only === undefined || others.length > 0) return null
  const walk: Walk = { tools, firstLine, found: [], mayBeLeft: false }
  visit(walk, only, { line: 1, isConditional: false })
  return walk.found
}

function freeTag(body: string): string {
  let tag = '$body$'
  while (body.includes(tag)) tag = tag.replace('$body', '$body_')
  return tag
}

function functionsIn(tools: DoTools, text: string): readonly unknown[] {
  try {
    return findAll(tools.parseBody(text), 'PLpgSQL_function')
  } catch (error) {
    // What is no PL/pgSQL is opaque, as it was.
    if (error instanceof Error) return []
    throw error
  }
}

interface Where {
  readonly line: number
  readonly isConditional: boolean
}

/** Under these, what stands runs or not, once or often. */
const conditional =
  /^PLpgSQL_(?:stmt_(?:if|case|loop|while|fori|fors|forc|foreach_a|dynfors)|if_elsif|case_when|exception_block|exception)$/

const known =
  /^PLpgSQL_stmt_(?:block|assign|if|case|loop|while|fori|fors|forc|foreach_a|exit|return|return_next|return_query|raise|assert|execsql|dynexecute|dynfors|getdiag|open|fetch|close|perform|commit|rollback)$/

function visit(walk: Walk, value: unknown, where: Where): void {
  if (Array.isArray(value)) {
    for (const each of value) visit(walk, each, where)
    return
  }
  for (const [key, below] of Object.entries(fieldsOf(value))) visitNamed(walk, key, below, where)
}

function visitNamed(walk: Walk, key: string, below: unknown, where: Where): void {
  const fields = fieldsOf(below)
  const line = typeof fields['lineno'] === 'number' ? fields['lineno'] : where.line
  // A block that handles errors takes back what it did before one.
  const mayFail = key === 'PLpgSQL_stmt_block' && fields['exceptions'] !== undefined
  const isConditional = where.isConditional || walk.mayBeLeft || mayFail || conditional.test(key)
  const inner: Where = { line, isConditional }
  if (key === 'PLpgSQL_expr') return readExpression(walk, fields, inner)
  if (key === 'PLpgSQL_stmt_dynexecute' || key === 'PLpgSQL_stmt_dynfors') {
    const { query, ...others } = fields
    readDynamic(walk, fieldsOf(fieldsOf(query)['PLpgSQL_expr']), inner)
    return visit(walk, others, inner)
  }
  if (key.startsWith('PLpgSQL_stmt_') && !known.test(key))
    return say(walk, inner, opaque(walk, inner, key.slice('PLpgSQL_stmt_'.length)))
  visit(walk, below, inner)
  if ((key === 'PLpgSQL_stmt_return' || key === 'PLpgSQL_stmt_exit') && where.isConditional)
    walk.mayBeLeft = true
}

function readExpression(walk: Walk, { query, parseMode }: Fields, where: Where): void {
  const text = textOf(query)
  const isStatement = parseMode === 0 || parseMode === undefined
  const isAssignment = typeof parseMode === 'number' && parseMode > 2
  const statement = isStatement ? text : `SELECT ${isAssignment ? text.replace(/^[^=]*=/, '') : text}`
  const read = walk.tools.read(statement, walk.firstLine + where.line - 1)
  for (const each of read) if (each.kind !== 'session') say(walk, where, each)
}

/** Put together while it runs, unless it is all there. */
function readDynamic(walk: Walk, { query }: Fields, where: Where): void {
  const parsed = walk.tools.parse(`SELECT ${textOf(query)}`)
  const statement = 'statements' in parsed ? constantIn(parsed.statements) : null
  if (statement === null) return say(walk, where, opaque(walk, where, 'EXECUTE of what is put together'))
  for (const each of walk.tools.read(statement, walk.firstLine + where.line - 1)) say(walk, where, each)
}

function constantIn(statements: readonly unknown[]): string | null {
  const select = nodeOf(fieldsOf(statements[0])['stmt']).fields
  const [target, ...others] = listOf(select['targetList'])
  if (others.length > 0 || select['fromClause'] !== undefined) return null
  return constant(nodeOf(target).fields['val'])
}

function constant(value: unknown): string | null {
  const { type, fields } = nodeOf(value)
  if (type === 'A_Const' && 'sval' in fields) return textOf(fieldsOf(fields['sval'])['sval'])
  if (type !== 'A_Expr' || stringsOf(fields['name']).join() !== '||') return null
  const [left, right] = [constant(fields['lexpr']), constant(fields['rexpr'])]
  return left === null || right === null ? null : left + right
}

function opaque({ tools, firstLine }: Walk, { line }: Where, reason: string): Operation {
  const place = { file: tools.file, line: firstLine + line - 1 }
  return { kind: 'opaque', reason: `DO block: ${reason}`, touches: 'anything', confidence: 'opaque', place }
}

function say(walk: Walk, { isConditional }: Where, operation: Operation): void {
  const isWeaker = isConditional && operation.confidence === 'exact'
  const named =
    operation.kind === 'opaque' && !operation.reason.startsWith('DO block')
      ? { ...operation, reason: `DO block: ${operation.reason}` }
      : operation
  walk.found.push(isWeaker ? { ...named, confidence: 'conditional' } : named)
}
