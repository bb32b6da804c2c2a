import { bind } from './bind.ts'
import type { Left, Machine } from './machine.ts'
import { nodeAt, nodesAt, textAt, type JsNode } from './node.ts'
import { mayAct, tainted, truthOf, unknown, type Environment, type JsValue } from './value.ts'

export function execute(machine: Machine, node: JsNode, environment: Environment): Left {
  const evaluateAt = (key: string): JsValue => machine.evaluate(nodeAt(node, key), environment)
  switch (node.type) {
    case 'FunctionBody':
      return executeAll(machine, nodesAt(node, 'body'), environment)
    case 'BlockStatement':
      return executeAll(machine, nodesAt(node, 'body'), new Map(environment))
    case 'ExpressionStatement':
      evaluateAt('expression')
      return 'no'
    case 'VariableDeclaration':
      for (const each of nodesAt(node, 'declarations')) {
        const value = machine.evaluate(nodeAt(each, 'init'), environment)
        const pattern = nodeAt(each, 'id')
        if (pattern !== null) bind(machine, pattern, value, environment)
      }
      return 'no'
    case 'FunctionDeclaration':
      environment.set(textAt(nodeAt(node, 'id'), 'name'), { type: 'function', node, environment })
      return 'no'
    case 'ReturnStatement':
      machine.giveBack(evaluateAt('argument'))
      return 'yes'
    case 'ThrowStatement':
      evaluateAt('argument')
      return 'yes'
    case 'BreakStatement':
    case 'ContinueStatement':
      return 'maybe'
    case 'IfStatement': {
      const truth = truthOf(evaluateAt('test'))
      if (truth !== null)
        return machine.execute(nodeAt(node, truth ? 'consequent' : 'alternate'), environment)
      const ends = ['consequent', 'alternate'].map((key) =>
        machine.perhaps(() => machine.execute(nodeAt(node, key), new Map(environment))),
      )
      if (ends.every((each) => each === 'yes')) return 'yes'
      return ends.some((each) => each !== 'no') ? 'maybe' : 'no'
    }
    case 'TryStatement':
      return attempt(machine, node, environment)
    case 'ForOfStatement':
      return forOf(machine, node, environment)
    case 'ForStatement':
    case 'ForInStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return loop(machine, node, environment)
    case 'SwitchStatement':
      evaluateAt('discriminant')
      for (const each of nodesAt(node, 'cases'))
        machine.perhaps(() => {
          machine.evaluate(nodeAt(each, 'test'), environment)
          executeAll(machine, nodesAt(each, 'consequent'), new Map(environment))
        })
      return 'maybe'
    case 'LabeledStatement':
      machine.execute(nodeAt(node, 'body'), environment)
      return 'maybe'
    case 'EmptyStatement':
    case 'DebuggerStatement':
    case 'TSTypeAliasDeclaration':
    case 'TSInterfaceDeclaration':
      return 'no'
    default:
      machine.opaque(node, `${node.type}, which is not read`)
      return 'maybe'
  }
}

/** Functions are known before the first statement runs; what follows a way out may not run. */
function executeAll(machine: Machine, statements: readonly JsNode[], environment: Environment): Left {
  for (const each of statements) if (each.type === 'FunctionDeclaration') machine.execute(each, environment)
  let left: Left = 'no'
  for (const each of statements) {
    const now = machine.execute(each, environment)
    if (now === 'yes') {
      if (left === 'no') return 'yes'
      break
    }
    if (now === 'maybe' && left === 'no') {
      left = 'maybe'
      machine.conditions++
    }
  }
  if (left === 'maybe') machine.conditions--
  return left
}

function attempt(machine: Machine, node: JsNode, environment: Environment): Left {
  const tried = machine.perhaps(() => machine.execute(nodeAt(node, 'block'), environment))
  const handler = nodeAt(node, 'handler')
  const handled =
    handler === null
      ? 'yes'
      : machine.perhaps(() => {
          const inner: Environment = new Map(environment)
          const parameter = nodeAt(handler, 'param')
          if (parameter !== null) bind(machine, parameter, unknown, inner)
          return machine.execute(nodeAt(handler, 'body'), inner)
        })
  const last = machine.execute(nodeAt(node, 'finalizer'), environment)
  if (last !== 'no') return last
  if (tried === 'no' && handled === 'no') return 'no'
  return tried === 'yes' && handled === 'yes' ? 'yes' : 'maybe'
}

/** How often it goes round is not known: whatever is in it may run. */
function loop(machine: Machine, node: JsNode, environment: Environment): Left {
  const inner: Environment = new Map(environment)
  return machine.perhapsOften(() => {
    for (const key of ['init', 'test', 'right', 'update']) {
      const part = nodeAt(node, key)
      if (part?.type === 'VariableDeclaration') machine.execute(part, inner)
      else if (part !== null) machine.evaluate(part, inner)
    }
    const left = nodeAt(node, 'left')
    if (left !== null) bindDeclared(machine, left, unknown, inner)
    return machine.execute(nodeAt(node, 'body'), inner) === 'no' ? 'no' : 'maybe'
  })
}

const itemsMax = 1000

function forOf(machine: Machine, node: JsNode, environment: Environment): Left {
  const list = machine.evaluate(nodeAt(node, 'right'), environment)
  const left = nodeAt(node, 'left')
  const body = nodeAt(node, 'body')
  const round = (value: JsValue): Left => {
    const inner: Environment = new Map(environment)
    if (left !== null) bindDeclared(machine, left, value, inner)
    return machine.execute(body, inner)
  }
  if (list.type !== 'list' || list.items.length > itemsMax) {
    const item = mayAct(list) ? tainted : unknown
    return machine.perhapsOften(() => (round(item) === 'no' ? 'no' : 'maybe'))
  }
  let raised = 0
  for (const item of list.items) {
    if (round(item) === 'no') continue
    machine.conditions++
    raised++
  }
  machine.conditions -= raised
  return raised > 0 ? 'maybe' : 'no'
}

function bindDeclared(machine: Machine, left: JsNode, value: JsValue, environment: Environment): void {
  const [declared] = nodesAt(left, 'declarations')
  const pattern = declared === undefined ? left : nodeAt(declared, 'id')
  if (pattern === null) return
  if (declared === undefined && mayAct(value)) machine.handOver([value], left, 'a name that changes')
  bind(machine, pattern, value, environment)
}
