/** Expressions of Python → values, as far as the text alone says them. Nothing is run. */
import { numberOfLiteral, textOfLiteral } from './literal.ts'
import type { PyModule } from './module.ts'
import { childNamed, type PyNode } from './tree.ts'
import { truthIn, type PyValue } from './value.ts'

const depthMax = 60

export function evaluate(module: PyModule, node: PyNode, depth = 0): PyValue {
  const unknown: PyValue = { type: 'unknown', node }
  if (depth > depthMax || node.isError) return unknown
  const inner = (each: PyNode): PyValue => evaluate(module, each, depth + 1)
  switch (node.name) {
    case 'String': {
      const text = textOfLiteral(node.text)
      return text === null ? unknown : { type: 'text', text, node }
    }
    case 'ContinuedString': {
      const texts = node.children.map(inner)
      return joined(texts, node)
    }
    case 'Number': {
      const number = numberOfLiteral(node.text)
      return number === null ? unknown : { type: 'number', number, node }
    }
    case 'Boolean':
      return { type: 'boolean', isTrue: node.text === 'True', node }
    case 'None':
      return { type: 'none', node }
    case 'ParenthesizedExpression': {
      const [only] = node.children
      return only === undefined ? unknown : inner(only)
    }
    case 'ArrayExpression':
    case 'TupleExpression':
    case 'SetExpression':
      return listOf(node.children, inner, node)
    case 'DictionaryExpression':
      return dictOf(node, inner)
    case 'VariableName': {
      const value = module.values.get(node.text)
      if (value !== undefined) return { ...inner(value), node }
      return { type: 'path', path: module.imports.get(node.text) ?? node.text, node }
    }
    case 'MemberExpression': {
      const [of, dot, property] = node.children
      if (of === undefined || dot?.text !== '.' || property?.name !== 'PropertyName') return unknown
      const value = inner(of)
      return value.type === 'path' ? { type: 'path', path: `${value.path}.${property.text}`, node } : unknown
    }
    case 'UnaryExpression': {
      const [operator, operand] = node.children
      const value = operand === undefined ? unknown : inner(operand)
      if (operator?.text === '-' && value.type === 'number')
        return { type: 'number', number: -value.number, node }
      const truth = truthIn(value)
      return operator?.text === 'not' && truth !== null ? { type: 'boolean', isTrue: !truth, node } : unknown
    }
    case 'BinaryExpression':
      return binary(node, inner)
    case 'ConditionalExpression': {
      const [yes, , condition, , no] = node.children
      if (yes === undefined || condition === undefined || no === undefined) return unknown
      const truth = truthIn(inner(condition))
      return truth === null ? unknown : inner(truth ? yes : no)
    }
    case 'CallExpression':
      return call(node, inner)
    default:
      return unknown
  }
}

function joined(texts: readonly PyValue[], node: PyNode): PyValue {
  const known = texts.flatMap((each) => (each.type === 'text' ? [each.text] : []))
  return known.length === texts.length
    ? { type: 'text', text: known.join(''), node }
    : { type: 'unknown', node }
}

type Inner = (node: PyNode) => PyValue

/** A list that is spread is known when the list is; an item that is not is one of its own. */
function listOf(children: readonly PyNode[], inner: Inner, node: PyNode): PyValue {
  const items: PyValue[] = []
  for (let at = 0; at < children.length; at++) {
    const child = children[at]
    if (child === undefined) continue
    if (child.text !== '*') {
      items.push(inner(child))
      continue
    }
    const spread = children[++at]
    const value = spread === undefined ? undefined : inner(spread)
    if (value?.type === 'list') items.push(...value.items)
    else items.push({ type: 'unknown', node: spread ?? child })
  }
  return { type: 'list', items, node }
}

function dictOf(node: PyNode, inner: Inner): PyValue {
  const parts = node.children
  if (parts.some((each) => each.text === '**')) return { type: 'unknown', node }
  const plain = parts.filter((each) => each.name !== ':')
  const entries: (readonly [PyValue, PyValue])[] = []
  for (let at = 0; at + 1 < plain.length; at += 2) {
    const [key, value] = [plain[at], plain[at + 1]]
    if (key !== undefined && value !== undefined) entries.push([inner(key), inner(value)])
  }
  return { type: 'dict', entries, node }
}

function binary(node: PyNode, inner: Inner): PyValue {
  const [left, operator, right] = node.children
  const unknown: PyValue = { type: 'unknown', node }
  if (left === undefined || right === undefined || node.children.length !== 3) return unknown
  const [one, other] = [inner(left), inner(right)]
  if (operator?.text === '+') {
    if (one.type === 'text' && other.type === 'text') return joined([one, other], node)
    // What is added to a list of operations is one item that is not known.
    if (one.type === 'list' || other.type === 'list') {
      const items = [one, other].flatMap((each) => (each.type === 'list' ? each.items : [each]))
      return { type: 'list', items, node }
    }
  }
  if (one.type !== 'number' || other.type !== 'number') return unknown
  if (operator?.text === '*') return { type: 'number', number: one.number * other.number, node }
  if (operator?.text === '**') return { type: 'number', number: one.number ** other.number, node }
  if (operator?.text === '-') return { type: 'number', number: one.number - other.number, node }
  return operator?.text === '+' ? { type: 'number', number: one.number + other.number, node } : unknown
}

function call(node: PyNode, inner: Inner): PyValue {
  const [callee] = node.children
  const list = childNamed(node, 'ArgList')
  const target = callee === undefined ? undefined : inner(callee)
  if (target?.type !== 'path' || list === undefined) return { type: 'unknown', node }
  const args: PyValue[] = []
  const named = new Map<string, PyValue>()
  let isOpen = false
  const { children } = list
  for (let at = 0; at < children.length; at++) {
    const child = children[at]
    if (child === undefined) continue
    if (child.text === '*' || child.text === '**') {
      const spread = children[++at]
      const value = spread === undefined ? undefined : inner(spread)
      if (value?.type === 'list' && child.text === '*') args.push(...value.items)
      else if (value?.type === 'dict') {
        for (const [key, each] of value.entries) {
          if (key.type === 'text') named.set(key.text, each)
          else isOpen = true
        }
      } else isOpen = true
    } else if (children[at + 1]?.name === 'AssignOp') {
      const value = children[at + 2]
      if (value !== undefined) named.set(child.text, inner(value))
      at += 2
    } else args.push(inner(child))
  }
  return { type: 'call', path: target.path, args, named, isOpen, node }
}
