/** What a file gives to Knex: `exports.up = …`, `module.exports = {…}`, `export async function up`, `export default {…}`. */
import type { Machine } from './machine.ts'
import { everyNode, nodeAt, nodesAt, textAt, unwrap, type JsNode } from './node.ts'
import { unknown, type Environment, type JsValue } from './value.ts'

export class Exported {
  readonly #found = new Map<string, JsValue>()
  /** Something is exported in a way that is not followed. */
  #isOpen = false

  /** @returns null when it is not in this file, or when it may be another. */
  get up(): JsValue | null {
    return this.#isOpen ? null : (this.#found.get('up') ?? null)
  }

  /** False: `exports.config = {transaction: false}`. What is not followed is taken to be as Knex does by itself. */
  get isTransactional(): boolean {
    const config = this.#found.get('config')
    const said = config?.type === 'object' ? config.entries.get('transaction') : undefined
    return !(said?.type === 'boolean' && !said.isTrue)
  }

  /** @returns whether the statement was about exports, and has been read. */
  read(machine: Machine, statement: JsNode, environment: Environment): boolean {
    switch (statement.type) {
      case 'ExportNamedDeclaration':
        this.#readNamed(machine, statement, environment)
        return true
      case 'ExportDefaultDeclaration': {
        const declaration = nodeAt(statement, 'declaration')
        if (declaration?.type === 'FunctionDeclaration') machine.execute(declaration, environment)
        else this.#defineAll(machine.evaluate(declaration, environment))
        return true
      }
      case 'ExportAllDeclaration':
      case 'TSExportAssignment':
        this.#isOpen = true
        return true
      default:
        return this.#readAssignment(machine, statement, environment)
    }
  }

  #define(name: string, value: JsValue): void {
    // `exports.up = void 0` comes before the value, where TypeScript was translated.
    if (value.type === 'null') return
    this.#isOpen ||= this.#found.has(name)
    this.#found.set(name, value)
  }

  #defineAll(value: JsValue): void {
    if (value.type !== 'object') this.#isOpen = true
    else for (const [name, own] of value.entries) this.#define(name, own)
  }

  #readNamed(machine: Machine, node: JsNode, environment: Environment): void {
    const declaration = nodeAt(node, 'declaration')
    if (declaration !== null) {
      machine.execute(declaration, environment)
      const own = [declaration, ...nodesAt(declaration, 'declarations')].map((each) => nodeAt(each, 'id'))
      for (const id of own) {
        const name = textAt(id, 'name')
        const value = environment.get(name)
        if (value !== undefined) this.#define(name, machine.changing.has(name) ? unknown : value)
        else if (id !== null) this.#isOpen = true
      }
    }
    for (const each of nodesAt(node, 'specifiers')) {
      const local = nodeAt(each, 'local')
      const value = local === null ? unknown : machine.evaluate(local, environment)
      const isOfAnother = nodeAt(node, 'source') !== null
      this.#define(textAt(nodeAt(each, 'exported'), 'name'), isOfAnother ? unknown : value)
    }
  }

  #readAssignment(machine: Machine, statement: JsNode, environment: Environment): boolean {
    const expression = statement.type === 'ExpressionStatement' ? nodeAt(statement, 'expression') : null
    let assignment = expression === null ? null : unwrap(expression)
    if (assignment !== null && isMark(assignment)) return true
    const targets: JsNode[] = []
    while (assignment?.type === 'AssignmentExpression') {
      const left = nodeAt(assignment, 'left')
      if (left !== null) targets.push(left)
      const right = nodeAt(assignment, 'right')
      assignment = right === null ? null : unwrap(right)
    }
    const names = targets.map(exportedBy)
    const isAbout = names.some((each) => each !== null)
    if (!isAbout) {
      this.#isOpen ||= [...everyNode(statement)].some(namesExports)
      return false
    }
    const value = machine.evaluate(assignment, environment)
    for (const name of names) {
      if (name === 'everything') this.#defineAll(value)
      else if (name === null) this.#isOpen = true
      else this.#define(name.name, value)
    }
    return true
  }
}

/** `Object.defineProperty(exports, '__esModule', …)`, which says what translated it. */
function isMark(node: JsNode): boolean {
  const [first, second] = node.type === 'CallExpression' ? nodesAt(node, 'arguments') : []
  return textAt(first ?? null, 'name') === 'exports' && second?.['value'] === '__esModule'
}

function exportedBy(target: JsNode): 'everything' | { readonly name: string } | null {
  const path = pathOf(target)
  if (path === 'module.exports') return 'everything'
  const [, name] = /^(?:module\.)?exports\.(\w+)$/.exec(path) ?? []
  return name === undefined ? null : { name }
}

function namesExports(node: JsNode): boolean {
  return node.type === 'Identifier' && /^(?:exports|module)$/.test(textAt(node, 'name'))
}

function pathOf(node: JsNode): string {
  if (node.type === 'Identifier') return textAt(node, 'name')
  if (node.type !== 'MemberExpression' || node['computed'] === true) return '?'
  const of = nodeAt(node, 'object')
  return `${of === null ? '?' : pathOf(of)}.${textAt(nodeAt(node, 'property'), 'name')}`
}
