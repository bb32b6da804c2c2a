import type { ParseJavaScript } from '../readers/knex/load-javascript.ts'
import { childrenOf, linesOf, nodeAt, nodesAt, textAt, type JsNode } from '../readers/knex/node.ts'
import type { SqlReader } from '../readers/sql/read-sql.ts'
import type { Found } from './found.ts'
import { filledIn, running, sqlInTexts, type ProgramText } from './sql-in-texts.ts'

/** Of Knex's schema builder, with what they change named first. */
const changing = /^(?:create|alter|drop|rename)(?:Table|Schema|View|Extension)\w*$|^table$/

/** Texts of a program that are SQL, and calls on `knex.schema`. @returns null for what is no JavaScript. */
export function inJavaScript(
  { parse, sql }: { readonly parse: ParseJavaScript; readonly sql: SqlReader },
  path: string,
  text: string,
): readonly Found[] | null {
  const { program, error } = parse(path.split('/').at(-1) ?? path, text)
  if (error !== null) return null
  const lineAt = linesOf(text)
  const texts: ProgramText[] = []
  const calls: Found[] = []
  const waiting: { readonly node: JsNode; readonly isRun: boolean }[] = [{ node: program, isRun: false }]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, isRun } = next
    const own = textOf(node)
    if (own !== null) texts.push({ text: own, line: lineAt(node.start), isRun })
    const name = calledName(node)
    const callee = nodeAt(node, 'callee')
    const first = textOf(nodesAt(node, 'arguments')[0] ?? null)
    if (changing.test(name) && first !== null && callee !== null && isOfSchema(callee)) {
      const at = nodeAt(callee, 'property') ?? node
      calls.push({ line: lineAt(at.start), what: `${name} ${first}` })
    }
    const inner = running.test(name) || (isRun && !isFunction(node))
    for (const child of childrenOf(node)) waiting.push({ node: child, isRun: inner })
  }
  return [...sqlInTexts(sql, path, texts), ...calls]
}

function textOf(node: JsNode | null): string | null {
  if (node?.type === 'Literal') return textAt(node, 'value')
  if (node?.type !== 'TemplateLiteral') return null
  const parts = nodesAt(node, 'quasis').map((each) => {
    const value = each['value']
    const raw = typeof value === 'object' && value !== null && 'raw' in value ? value.raw : ''
    return typeof raw === 'string' ? raw : ''
  })
  return parts.join(filledIn)
}

/** Of a call or a tagged template, the last part of what is called. */
function calledName(node: JsNode): string {
  const callee = nodeAt(node, node.type === 'TaggedTemplateExpression' ? 'tag' : 'callee')
  const isMember = callee?.type === 'MemberExpression'
  return textAt(isMember ? nodeAt(callee, 'property') : callee, 'name')
}

/** `knex.schema.a().b()`: somewhere at its beginning stands `.schema`. */
function isOfSchema(callee: JsNode): boolean {
  for (let node: JsNode | null = nodeAt(callee, 'object'); node !== null;) {
    if (node.type === 'MemberExpression' && textAt(nodeAt(node, 'property'), 'name') === 'schema') return true
    node = nodeAt(node, node.type === 'CallExpression' ? 'callee' : 'object')
  }
  return false
}

function isFunction({ type }: JsNode): boolean {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression'
}
