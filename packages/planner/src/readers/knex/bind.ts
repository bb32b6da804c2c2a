import { keyOf, propertyOf } from './literals.ts'
import type { Machine } from './machine.ts'
import { isNode, nodeAt, nodesAt, textAt, type JsNode } from './node.ts'
import { mayAct, tainted, unknown, type Environment, type JsValue } from './value.ts'

/** Gives the names of a pattern their values. */
export function bind(machine: Machine, pattern: JsNode, value: JsValue, environment: Environment): void {
  switch (pattern.type) {
    case 'Identifier':
      environment.set(textAt(pattern, 'name'), value)
      return
    case 'AssignmentPattern':
      return bindWithFallback(machine, pattern, value, environment)
    case 'ObjectPattern':
      for (const each of nodesAt(pattern, 'properties')) {
        if (each.type === 'RestElement') bind(machine, each, value, environment)
        else {
          const target = nodeAt(each, 'value')
          const own = propertyOf(value, keyOf(machine, each, environment))
          if (target !== null) bind(machine, target, own, environment)
        }
      }
      return
    case 'ArrayPattern': {
      const elements = Array.isArray(pattern['elements']) ? pattern['elements'] : []
      for (const [at, each] of elements.entries())
        if (isNode(each)) bind(machine, each, elementOf(value, at), environment)
      return
    }
    case 'RestElement': {
      const target = nodeAt(pattern, 'argument')
      const rest = value.type === 'list' ? value : mayAct(value) ? tainted : unknown
      if (target !== null) bind(machine, target, rest, environment)
      return
    }
    default:
      machine.opaque(pattern, `${pattern.type}, which is not read`)
  }
}

function bindWithFallback(machine: Machine, pattern: JsNode, value: JsValue, environment: Environment): void {
  const target = nodeAt(pattern, 'left')
  const isOpen = value.type === 'unknown' || value.type === 'null'
  const fallback = (): JsValue => machine.evaluate(nodeAt(pattern, 'right'), environment)
  if (target !== null) bind(machine, target, isOpen ? fallback() : value, environment)
}

function elementOf(value: JsValue, at: number): JsValue {
  if (value.type === 'list') return value.items[at] ?? unknown
  return mayAct(value) ? tainted : unknown
}
