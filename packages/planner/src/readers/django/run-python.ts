import { argument, type Context, type Step } from './context.ts'
import { childNamed, everyNode, type PyNode } from './python/tree.ts'
import { textIn } from './python/value.ts'

/** Libraries that compute: none of them reaches the database. */
const computing =
  /^(datetime|json|re|uuid|decimal|math|random|itertools|functools|collections|operator|string|hashlib|logging|time|typing|copy|enum|textwrap|tqdm|__future__|django\.(utils|db\.models|core\.exceptions|conf)|dateutil|pytz|zoneinfo|secrets|base64|html|unicodedata|statistics)(\.|$)/

const builtIns = new Set(
  `print len range list dict set tuple str int float bool sorted reversed enumerate zip map filter min max sum any all isinstance hasattr iter
  next round abs repr type frozenset super object format bytes ord chr divmod ValueError KeyError Exception RuntimeError TypeError
  StopIteration ObjectDoesNotExist AttributeError IndexError NotImplementedError AssertionError True False None`.split(
    /\s+/,
  ),
)

/**
 * A function that runs in the database: rows of the models that it asks for by name. One that is not in this file, or that does
 * more than work with such models, may do anything.
 */
export function runPython(step: Step): void {
  const { context, node } = step
  const given = argument(step, 'code', 0)
  const path = given?.type === 'path' ? given.path : null
  if (path === null) return context.opaque(node, 'code that is not known is run')
  if (path.endsWith('RunPython.noop')) return
  const found = context.module.functions.get(path)
  if (found === undefined) return context.opaque(node, `${path} is run, which is not in this file`)
  const touched = new Set<string>()
  const problem = examine(context, found, { seen: new Set(), touched })
  if (problem !== null) return context.opaque(problem.node, `${path} ${problem.reason}`)
  const writes = touched.size === 0 ? ['*'] : [...touched].sort()
  context.emit(node, { kind: 'data', verb: 'update', writes, reads: [] }, 'dynamic')
}

interface Problem {
  readonly node: PyNode
  readonly reason: string
}

function examine(
  context: Context,
  definition: PyNode,
  known: { readonly seen: Set<PyNode>; readonly touched: Set<string> },
): Problem | null {
  if (known.seen.has(definition)) return null
  known.seen.add(definition)
  const { module, state, app } = context
  const locals = localNames(definition)
  const [, editor] = parameterNames(definition)
  const parents = parentsOf(definition)
  for (const node of everyNode(definition)) {
    if (node.isError) return { node, reason: 'is not Python that can be read' }
    if (node.name === 'ImportStatement') return { node, reason: 'imports what is not read' }
    if (node.name === 'CallExpression') {
      const table = modelAskedFor(node)
      if (table === 'unknown') known.touched.add('*')
      else if (table !== null) known.touched.add(state.tableOf(state.resolve(table, app, '')).table)
    }
    if (
      /^(execute|executemany|cursor|raw|run_sql|callproc|mogrify)$/.test(node.text) &&
      node.name === 'PropertyName'
    )
      return { node, reason: `calls ${node.text}` }
    if (
      /^(getattr|setattr|eval|exec|__import__|globals|locals|vars|compile|open)$/.test(node.text) &&
      node.name === 'VariableName'
    )
      return { node, reason: `calls ${node.text}` }
    if (node.name !== 'VariableName') continue
    if (node.text === editor && !isHarmlessUse(node, parents)) return { node, reason: `uses ${editor}` }
    if (locals.has(node.text) || builtIns.has(node.text) || isKeyword(node, parents)) continue
    const own = module.functions.get(node.text)
    if (own !== undefined) {
      const problem = examine(context, own, known)
      if (problem !== null) return problem
      continue
    }
    const imported = module.imports.get(node.text)
    if (imported !== undefined ? computing.test(imported) : isPlainValue(context, node.text)) continue
    return { node, reason: `uses ${node.text}, which is not read` }
  }
  return null
}

/** A value of this file, in which nothing is called; exceptions of the standard library are none. */
function isPlainValue({ module }: Context, name: string): boolean {
  const value = module.values.get(name)
  if (value === undefined) return /(Error|Exception)$/.test(name)
  return ![...everyNode(value)].some(
    (each) => each.name === 'CallExpression' || each.name === 'LambdaExpression',
  )
}

/** `schema_editor.connection.alias` and `.vendor` say where it runs; the rest of it changes the schema. */
function isHarmlessUse(node: PyNode, parents: ReadonlyMap<PyNode, PyNode>): boolean {
  const parent = parents.get(node)
  if (parent?.name === 'ParamList') return true
  const connection =
    parent?.name === 'MemberExpression' && parent.text.endsWith('.connection')
      ? parents.get(parent)
      : undefined
  return connection?.name === 'MemberExpression' && /\.(alias|vendor|settings_dict)$/.test(connection.text)
}

/** `name=` of an argument. */
function isKeyword(node: PyNode, parents: ReadonlyMap<PyNode, PyNode>): boolean {
  const parent = parents.get(node)
  if (parent?.name !== 'ArgList') return false
  return parent.children[parent.children.indexOf(node) + 1]?.name === 'AssignOp'
}

function parentsOf(root: PyNode): ReadonlyMap<PyNode, PyNode> {
  const parents = new Map<PyNode, PyNode>()
  for (const node of everyNode(root)) for (const child of node.children) parents.set(child, node)
  return parents
}

function parameterNames(definition: PyNode): readonly string[] {
  const list = childNamed(definition, 'ParamList')
  return (list?.children ?? []).filter((each) => each.name === 'VariableName').map((each) => each.text)
}

/** What is given a value in the function, its own name and its parameters among them. */
function localNames(definition: PyNode): ReadonlySet<string> {
  const names = new Set(parameterNames(definition))
  for (const node of everyNode(definition)) {
    const { children } = node
    if (node.name === 'AssignStatement') {
      const last = children.findLastIndex((each) => each.name === 'AssignOp')
      for (const target of children.slice(0, last))
        if (target.name !== 'MemberExpression')
          for (const each of everyNode(target)) if (each.name === 'VariableName') names.add(each.text)
    }
    if (
      /^(ForStatement|.*Comprehension.*|WithStatement|TryStatement|FunctionDefinition|LambdaExpression|ParamList|NamedExpression)$/.test(
        node.name,
      )
    ) {
      const bound = boundBy(node)
      for (const each of bound) names.add(each)
    }
  }
  return names
}

function boundBy(node: PyNode): readonly string[] {
  const { children } = node
  if (node.name === 'FunctionDefinition' || node.name === 'NamedExpression' || node.name === 'ParamList')
    return children.filter((each) => each.name === 'VariableName').map((each) => each.text)
  const names: string[] = []
  for (const [at, child] of children.entries()) {
    const isBound = child.text === 'for' || child.text === 'as'
    if (!isBound) continue
    for (const next of children.slice(at + 1)) {
      if (next.text === 'in' || next.name === 'Body' || next.text === ':') break
      for (const each of everyNode(next)) if (each.name === 'VariableName') names.push(each.text)
    }
  }
  return names
}

/** `apps.get_model('shop', 'Order')` or `apps.get_model('shop.Order')`; null for any other call. */
function modelAskedFor(node: PyNode): string | null {
  const [callee] = node.children
  if (callee?.children.at(-1)?.text !== 'get_model') return null
  const args = childNamed(node, 'ArgList')?.children.filter((each) => each.name === 'String') ?? []
  const texts = args.map(
    (each) => textIn({ type: 'text', text: each.text.replaceAll(/^['"]|['"]$/g, ''), node: each }) ?? '',
  )
  if (texts.length === 2) return texts.join('.')
  return texts.length === 1 && texts[0]?.includes('.') === true ? texts[0] : 'unknown'
}

export function runSql(step: Step): void {
  const { context, node } = step
  const given = argument(step, 'sql', 0)
  if (given?.type === 'path' && given.path.endsWith('RunSQL.noop')) return
  const texts = given?.type === 'list' ? given.items : given === undefined ? [] : [given]
  for (const each of texts) {
    // With parameters, it is a pair.
    const sql = each.type === 'list' ? each.items[0] : each
    const text = textIn(sql)
    if (text === null || (each.type === 'list' && /%s|%\(/.test(text))) {
      context.opaque(each.node, 'SQL that is not known is run')
      continue
    }
    const firstLine = sql?.node.line ?? node.line
    for (const operation of context.executed({ file: context.file, text, firstLine }).operations) {
      const { confidence, place, ...body } = operation
      context.emit({ ...node, line: place.line }, body, confidence)
    }
  }
}
