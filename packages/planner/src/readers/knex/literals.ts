import type { Machine } from './machine.ts'
import { nodeAt, nodesAt, textAt, type JsNode } from './node.ts'
import { mayAct, tainted, unknown, type Environment, type JsValue } from './value.ts'

export function literal(node: JsNode): JsValue {
  const { value } = node
  if (typeof value === 'string') return { type: 'text', text: value }
  if (typeof value === 'number') return { type: 'number', number: value }
  if (typeof value === 'boolean') return { type: 'boolean', isTrue: value }
  return value === null && node['regex'] === undefined && node['bigint'] === undefined
    ? { type: 'null' }
    : unknown
}

export function template(machine: Machine, node: JsNode, environment: Environment): JsValue {
  const values = nodesAt(node, 'expressions').map((each) => machine.evaluate(each, environment))
  const quasis = nodesAt(node, 'quasis').map((each) => {
    const value = each['value']
    return typeof value === 'object' && value !== null && 'cooked' in value ? value.cooked : null
  })
  let text = ''
  for (const [at, quasi] of quasis.entries()) {
    if (typeof quasi !== 'string') return unknown
    text += quasi
    const value = values[at]
    if (at >= quasis.length - 1) break
    if (value?.type === 'text') text += value.text
    else if (value?.type === 'number') text += String(value.number)
    else return unknown
  }
  return { type: 'text', text }
}

export function object(machine: Machine, node: JsNode, environment: Environment): JsValue {
  const entries = new Map<string, JsValue>()
  let isOpen = false
  for (const each of nodesAt(node, 'properties')) {
    if (each.type === 'SpreadElement') {
      const spread = machine.evaluate(nodeAt(each, 'argument'), environment)
      if (spread.type === 'object') for (const [key, value] of spread.entries) entries.set(key, value)
      else isOpen ||= mayAct(spread)
      continue
    }
    const value = machine.evaluate(nodeAt(each, 'value'), environment)
    const name = keyOf(machine, each, environment)
    // It runs when it is read, and what it gives is then not what stands here.
    if (each['kind'] === 'get' || each['kind'] === 'set') {
      machine.handOver([value], each, 'a property')
      entries.set(name ?? '?', tainted)
    } else if (name === null) {
      machine.handOver([value], each, 'a property whose name is not known')
    } else entries.set(name, value)
  }
  return isOpen ? tainted : { type: 'object', entries }
}

/** Of a property, in a literal or in a pattern; null when it is not known. */
export function keyOf(machine: Machine, property: JsNode, environment: Environment): string | null {
  const key = nodeAt(property, 'key')
  if (key === null) return null
  if (property['computed'] !== true) return textAt(key, 'name') || literalKey(key)
  const value = machine.evaluate(key, environment)
  return value.type === 'text' ? value.text : null
}

function literalKey(key: JsNode): string {
  const { value } = key
  return typeof value === 'number' ? value.toString() : typeof value === 'string' ? value : ''
}

export function propertyName(machine: Machine, node: JsNode, environment: Environment): string | null {
  const property = nodeAt(node, 'property')
  if (node['computed'] !== true) return textAt(property, 'name')
  const value = machine.evaluate(property, environment)
  if (value.type === 'number') return String(value.number)
  return value.type === 'text' ? value.text : null
}

export function member(machine: Machine, node: JsNode, environment: Environment): JsValue {
  const of = machine.evaluate(nodeAt(node, 'object'), environment)
  return propertyOf(of, propertyName(machine, node, environment))
}

export function propertyOf(of: JsValue, name: string | null): JsValue {
  switch (of.type) {
    case 'knex':
      if (name === 'schema') return { type: 'schema', prefix: '', isUsed: false }
      if (name === 'userParams' || name === 'isTransaction') return unknown
      return name === 'client' || name === 'fn' ? { type: 'module', name: `knex.${name}` } : tainted
    case 'list':
      if (name !== null && /^\d+$/.test(name)) return of.items[Number(name)] ?? { type: 'null' }
      if (name === 'length') return { type: 'number', number: of.items.length }
      return of.items.some(mayAct) ? tainted : unknown
    case 'object':
      if (name !== null) return of.entries.get(name) ?? { type: 'null' }
      return [...of.entries.values()].some(mayAct) ? tainted : unknown
    case 'module':
      return { type: 'module', name: `${of.name}.${name ?? '?'}` }
    case 'boolean':
    case 'column':
    case 'foreign':
    case 'function':
    case 'null':
    case 'number':
    case 'query':
    case 'raw':
    case 'schema':
    case 'table':
    case 'tainted':
    case 'text':
    case 'unknown':
    default:
      return mayAct(of) ? tainted : unknown
  }
}
