import { childNamed, everyNode, statementsOf, type PyNode } from './tree.ts'

/** What a file of Python defines at its top: names of libraries, its own values, functions and classes. */
export interface PyModule {
  readonly root: PyNode
  /** `models` → `django.db.models` */
  readonly imports: ReadonlyMap<string, string>
  /** What is written exactly once, unconditionally. */
  readonly values: ReadonlyMap<string, PyNode>
  readonly functions: ReadonlyMap<string, PyNode>
  readonly classes: readonly PyNode[]
}

export function readModule(root: PyNode): PyModule {
  const imports = new Map<string, string>()
  const functions = new Map<string, PyNode>()
  const classes: PyNode[] = []
  const values = new Map<string, PyNode>()
  const writes = countWrites(root)
  for (const statement of statementsOf(root)) {
    if (statement.name === 'ImportStatement') readImport(statement, imports)
    if (statement.name === 'FunctionDefinition') functions.set(nameOfDefinition(statement), statement)
    if (statement.name === 'ClassDefinition') classes.push(statement)
    const written = assignment(statement)
    if (written !== null && writes.get(written.name) === 1) values.set(written.name, written.value)
  }
  return { root, imports, values, functions, classes }
}

export function nameOfDefinition(node: PyNode): string {
  return childNamed(node, 'VariableName')?.text ?? ''
}

/** `name = value`, with or without a type; null for anything else. */
export function assignment(node: PyNode): { readonly name: string; readonly value: PyNode } | null {
  if (node.name !== 'AssignStatement') return null
  const parts = node.children.filter((each) => each.name !== 'TypeDef')
  const [target, operator, value] = parts
  if (parts.length !== 3 || target?.name !== 'VariableName' || operator?.name !== 'AssignOp') return null
  return value === undefined ? null : { name: target.text, value }
}

const changing =
  /^(append|extend|insert|update|pop|popitem|setdefault|remove|clear|sort|reverse|add|discard)$/

/** How often a name is given a value, or what it stands for is changed in place. */
function countWrites(root: PyNode): ReadonlyMap<string, number> {
  const writes = new Map<string, number>()
  const count = (name: string, times = 1): void => {
    writes.set(name, (writes.get(name) ?? 0) + times)
  }
  for (const node of everyNode(root)) {
    const { children } = node
    if (node.name === 'AssignStatement') {
      const last = children.findLastIndex((each) => each.name === 'AssignOp')
      for (const target of children.slice(0, last)) {
        for (const each of everyNode(target)) if (each.name === 'VariableName') count(each.text)
      }
    }
    if (['UpdateStatement', 'DeleteStatement', 'ScopeStatement', 'NamedExpression'].includes(node.name)) {
      for (const each of everyNode(node)) if (each.name === 'VariableName') count(each.text, 2)
    }
    if (
      node.name === 'ForStatement' ||
      node.name === 'FunctionDefinition' ||
      node.name === 'ClassDefinition'
    ) {
      const [name] = children.filter((each) => each.name === 'VariableName')
      if (name !== undefined) count(name.text)
    }
    if (node.name === 'MemberExpression') {
      const [of, , property] = children
      if (of?.name === 'VariableName' && changing.test(property?.text ?? '')) count(of.text, 2)
    }
  }
  return writes
}

/** `import a.b`, `import a.b as c`, `from a.b import c, d as e`; what is imported with `*` is not known. */
function readImport(node: PyNode, imports: Map<string, string>): void {
  const words = node.text
    .replaceAll(/\\\n/g, ' ')
    .replaceAll(/#[^\n]*/g, ' ')
    .replaceAll(/[()]/g, ' ')
    .trim()
  const from = /^from\s+(\S+)\s+import\s+([\s\S]*)$/.exec(words)
  const list = from?.[2] ?? words.replace(/^import\s+/, '')
  for (const each of list.split(',')) {
    const [name = '', as, alias] = each.trim().split(/\s+/)
    if (name === '' || name === '*') continue
    const path = from === null ? name : `${from[1] ?? ''}.${name}`
    if (as === 'as' && alias !== undefined) imports.set(alias, path)
    else if (from === null) imports.set(name.split('.')[0] ?? name, name.split('.')[0] ?? name)
    else imports.set(name, path)
  }
}
