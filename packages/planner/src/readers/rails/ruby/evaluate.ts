import { callHandlers } from './calls.ts'
import { controlFlowHandlers } from './control-flow.ts'
import { definitionHandlers } from './definitions.ts'
import { literalHandlers } from './literals.ts'
import type { Machine } from './machine.ts'
import type { RubyNode } from './node.ts'
import { unknown, type Value } from './value.ts'
import { variableHandlers } from './variables.ts'

const handlers = new Map([
  ...literalHandlers,
  ...variableHandlers,
  ...controlFlowHandlers,
  ...callHandlers,
  ...definitionHandlers,
])

/** A construct that has no reading is opaque; what stands in it is looked at all the same. */
export function evaluateNode(machine: Machine, node: RubyNode): Value {
  const handler = handlers.get(node.constructor)
  if (handler !== undefined) return handler(machine, node as never)
  machine.opaque(node, `a construct that is not read: ${node.constructor.name}`)
  machine.repeat(() => {
    for (const child of node.childNodes()) machine.evaluate(child)
  })
  return unknown
}
