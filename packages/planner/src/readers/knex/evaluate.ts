import { callMember, callPlain } from './calls.ts'
import { literal, member, object, propertyName, template } from './literals.ts'
import type { Machine } from './machine.ts'
import { childrenOf, nodeAt, nodesAt, textAt, unwrap, type JsNode } from './node.ts'
import { either, mayAct, tainted, truthOf, unknown, type Environment, type JsValue } from './value.ts'

const itemsMax = 1000
const textLengthMax = 100_000

export function evaluate(machine: Machine, given: JsNode, environment: Environment): JsValue {
  const node = unwrap(given)
  const inner = (key: string): JsValue => machine.evaluate(nodeAt(node, key), environment)
  switch (node.type) {
    case 'Literal':
      return literal(node)
    case 'TemplateLiteral':
      return short(template(machine, node, environment))
    case 'ThisExpression':
      return environment.get('this') ?? unknown
    case 'Identifier':
      return nameOf(machine, node, environment)
    case 'ArrayExpression':
      return list(machine, node, environment)
    case 'ObjectExpression':
      return object(machine, node, environment)
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return { type: 'function', node, environment }
    case 'CallExpression':
      return call(machine, node, environment)
    case 'NewExpression':
      return construct(machine, node, environment)
    case 'ImportExpression': {
      const name = inner('source')
      return { type: 'module', name: name.type === 'text' ? name.text : '?' }
    }
    case 'MemberExpression':
      return member(machine, node, environment)
    case 'UnaryExpression': {
      const operator = textAt(node, 'operator')
      const target = nodeAt(node, 'argument')
      if (operator === 'delete' && target !== null) changeInside(machine, target, environment)
      const value = inner('argument')
      if (operator === 'void') return { type: 'null' }
      if (operator === '-' && value.type === 'number') return { type: 'number', number: -value.number }
      const truth = truthOf(value)
      return operator === '!' && truth !== null ? { type: 'boolean', isTrue: !truth } : unknown
    }
    case 'UpdateExpression': {
      const target = nodeAt(node, 'argument')
      if (target !== null) changeInside(machine, target, environment)
      return unknown
    }
    case 'BinaryExpression': {
      const [left, right] = [inner('left'), inner('right')]
      if (textAt(node, 'operator') !== '+' || left.type !== 'text') return unknown
      if (right.type === 'text') return short({ type: 'text', text: left.text + right.text })
      return right.type === 'number' ? { type: 'text', text: left.text + String(right.number) } : unknown
    }
    case 'LogicalExpression': {
      const left = inner('left')
      const truth = truthOf(left)
      const operator = textAt(node, 'operator')
      if (operator === '??' && left.type === 'null') return inner('right')
      if (truth !== null && operator !== '??') return (operator === '&&') === truth ? inner('right') : left
      if (operator === '??' && truth !== null) return left
      return either(
        left,
        machine.perhaps(() => inner('right')),
      )
    }
    case 'ConditionalExpression': {
      const truth = truthOf(inner('test'))
      if (truth !== null) return inner(truth ? 'consequent' : 'alternate')
      return either(
        machine.perhaps(() => inner('consequent')),
        machine.perhaps(() => inner('alternate')),
      )
    }
    case 'SequenceExpression':
      return (
        nodesAt(node, 'expressions')
          .map((each) => machine.evaluate(each, environment))
          .at(-1) ?? unknown
      )
    case 'AssignmentExpression':
      return assign(machine, node, environment)
    case 'TaggedTemplateExpression': {
      const tag = inner('tag')
      if (mayAct(tag)) machine.opaque(node, 'a template is given to what is not followed')
      machine.handOver([tag, inner('quasi')], node, 'a template')
      return unknown
    }
    default:
      return unfollowed(machine, node, environment)
  }
}

function short(value: JsValue): JsValue {
  return value.type === 'text' && value.text.length > textLengthMax ? unknown : value
}

function nameOf(machine: Machine, node: JsNode, environment: Environment): JsValue {
  const name = textAt(node, 'name')
  if (name === 'undefined') return { type: 'null' }
  // What nobody here has declared is the language's, or somebody else's.
  const value = environment.get(name) ?? { type: 'module', name }
  if (!machine.changing.has(name)) return value
  return mayAct(value) ? tainted : unknown
}

function list(machine: Machine, node: JsNode, environment: Environment): JsValue {
  const items = nodesAt(node, 'elements').flatMap((each): readonly JsValue[] => {
    if (each.type !== 'SpreadElement') return [machine.evaluate(each, environment)]
    const spread = machine.evaluate(nodeAt(each, 'argument'), environment)
    return spread.type === 'list' ? spread.items : [mayAct(spread) ? tainted : unknown]
  })
  if (items.length <= itemsMax) return { type: 'list', items }
  return items.some(mayAct) ? tainted : unknown
}

/** What is kept under a name that changes, or inside something, is not followed. */
function assign(machine: Machine, node: JsNode, environment: Environment): JsValue {
  const value = machine.evaluate(nodeAt(node, 'right'), environment)
  const target = nodeAt(node, 'left')
  if (target !== null) changeInside(machine, target, environment)
  const isQuery = value.type === 'query' || (value.type === 'schema' && !value.isUsed)
  if (isQuery) machine.opaque(node, 'a query is kept where it is not followed')
  machine.handOver([value], node, 'a name that changes')
  return value
}

function changeInside(machine: Machine, target: JsNode, environment: Environment): void {
  if (target.type === 'MemberExpression') {
    machine.change(machine.evaluate(nodeAt(target, 'object'), environment))
    if (target['computed'] === true) machine.evaluate(nodeAt(target, 'property'), environment)
  } else if (target.type !== 'Identifier')
    for (const each of childrenOf(target)) changeInside(machine, each, environment)
}

/** What has no reading here may use whatever it names. */
function unfollowed(machine: Machine, node: JsNode, environment: Environment): JsValue {
  if (node.type.startsWith('Class')) {
    machine.opaque(node, 'a class, which is not followed')
    return tainted
  }
  for (const each of childrenOf(node)) {
    if (each.type === 'SpreadElement') machine.evaluate(nodeAt(each, 'argument'), environment)
    else machine.handOver([machine.evaluate(each, environment)], each, node.type)
  }
  return unknown
}

function construct(machine: Machine, node: JsNode, environment: Environment): JsValue {
  const callee = machine.evaluate(nodeAt(node, 'callee'), environment)
  const args = readArguments(machine, node, environment)
  if (callee.type === 'function') {
    machine.run(callee, args, node, tainted)
    return tainted
  }
  if (callee.type !== 'module') machine.opaque(node, 'an object of what is not known is made')
  else if (callee.name === 'Function') machine.opaque(node, 'a function is made from a text')
  machine.handOver(args, node, 'an object that is not read')
  // A list or a map of somebody else's; what was handed to it has been said.
  return callee.type === 'module' && standard.test(callee.name) ? unknown : callee
}

const standard = /^(Date|Set|Map|Array|Object|RegExp|\w*Error|Promise|URL|WeakMap|WeakSet)$/

export function readArguments(machine: Machine, node: JsNode, environment: Environment): readonly JsValue[] {
  return nodesAt(node, 'arguments').flatMap((each): readonly JsValue[] => {
    if (each.type !== 'SpreadElement') return [machine.evaluate(each, environment)]
    const spread = machine.evaluate(nodeAt(each, 'argument'), environment)
    return spread.type === 'list' ? spread.items : [tainted]
  })
}

function call(machine: Machine, node: JsNode, environment: Environment): JsValue {
  const given = nodeAt(node, 'callee')
  const callee = given === null ? null : unwrap(given)
  const args = (): readonly JsValue[] => readArguments(machine, node, environment)
  const run = (): JsValue => {
    if (callee?.type === 'MemberExpression') {
      const of = machine.evaluate(nodeAt(callee, 'object'), environment)
      const name = propertyName(machine, callee, environment)
      return callMember(machine, { of, name, args: args(), node: callAt(node, callee) })
    }
    const name = callee?.type === 'Identifier' ? textAt(callee, 'name') : ''
    return callPlain(machine, { of: machine.evaluate(callee, environment), name, args: args(), node })
  }
  return node['optional'] === true ? machine.perhaps(run) : run()
}

/** A call in a chain stands where its own name does. */
function callAt(node: JsNode, callee: JsNode): JsNode {
  const property = nodeAt(callee, 'property')
  return property === null ? node : { ...node, start: property.start }
}
