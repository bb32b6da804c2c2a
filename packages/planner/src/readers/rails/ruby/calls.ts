import {
  BlockArgumentNode,
  BlockNode,
  CallAndWriteNode,
  CallNode,
  CallOperatorWriteNode,
  CallOrWriteNode,
  ForwardingArgumentsNode,
  ForwardingSuperNode,
  IndexAndWriteNode,
  IndexOperatorWriteNode,
  IndexOrWriteNode,
  SuperNode,
  YieldNode,
} from '@ruby/prism/src/nodes.js'

import { on, type HandlerEntry } from './handlers.ts'
import { callBlock } from './invoke.ts'
import { readItems } from './literals.ts'
import type { Machine } from './machine.ts'
import { argumentsOf, type RubyNode } from './node.ts'
import { nil, truthOf, unknown, type Value } from './value.ts'

export const callHandlers: readonly HandlerEntry[] = [
  on(CallNode, (machine, node) => {
    const receiver = node.receiver === null ? null : machine.evaluate(node.receiver)
    if (receiver?.type === 'nil' && node.isSafeNavigation()) return nil
    const call = (): Value => {
      const args = readArguments(machine, argumentsOf(node))
      const block = readBlock(machine, node.block)
      const value = machine.call({ receiver, name: node.name, args, block, node })
      machine.settle('break')
      return value
    }
    const mayBeSkipped = node.isSafeNavigation() && receiver !== null && truthOf(receiver) === null
    return mayBeSkipped ? machine.branch([call, () => nil]) : call()
  }),
  on(SuperNode, (machine, node) => callAbove(machine, node, readArguments(machine, argumentsOf(node)))),
  on(ForwardingSuperNode, (machine, node) => callAbove(machine, node, machine.scope.args ?? null)),
  on(YieldNode, (machine, node) => {
    const args = readArguments(machine, argumentsOf(node))
    const { block } = machine.scope
    if (block === null) {
      machine.opaque(node, 'a block that is not known is called')
      return unknown
    }
    return callBlock(machine, block, args, { node })
  }),
  on(CallOperatorWriteNode, (machine, node) => changeAttribute(machine, node)),
  on(CallOrWriteNode, (machine, node) => changeAttribute(machine, node)),
  on(CallAndWriteNode, (machine, node) => changeAttribute(machine, node)),
  on(IndexOperatorWriteNode, (machine, node) => changeElement(machine, node)),
  on(IndexOrWriteNode, (machine, node) => changeElement(machine, node)),
  on(IndexAndWriteNode, (machine, node) => changeElement(machine, node)),
]

function readArguments(machine: Machine, args: readonly RubyNode[]): Value[] | null {
  if (args.some((each) => each instanceof ForwardingArgumentsNode)) return null
  return readItems(machine, args)
}

function readBlock(machine: Machine, node: RubyNode | null): Value | null {
  if (node instanceof BlockNode) {
    const { scope } = machine
    return {
      type: 'block',
      callable: { parameters: node.parameters, body: node.body, module: scope.module },
      scope,
    }
  }
  if (!(node instanceof BlockArgumentNode)) return null
  if (node.expression === null) return machine.scope.block
  const value = machine.evaluate(node.expression)
  return value.type === 'nil' ? null : value
}

function callAbove(machine: Machine, node: RubyNode, args: readonly Value[] | null): Value {
  const { superMethod } = machine.scope
  if (superMethod !== undefined) return superMethod(args)
  machine.opaque(node, 'super leads to what is not in this file')
  return unknown
}

function changeAttribute(
  machine: Machine,
  node: RubyNode & {
    readonly receiver: RubyNode | null
    readonly writeName: string
    readonly value: RubyNode
  },
): Value {
  const receiver = node.receiver === null ? null : machine.evaluate(node.receiver)
  machine.repeat(() => machine.evaluate(node.value))
  return machine.call({ receiver, name: node.writeName, args: [unknown], block: null, node })
}

/** `list[key] ||= value`: which element, and whether, is not followed. */
function changeElement(
  machine: Machine,
  node: RubyNode &
    Parameters<typeof argumentsOf>[0] & {
      readonly receiver: RubyNode | null
      readonly value: RubyNode
    },
): Value {
  const receiver = machine.evaluate(node.receiver)
  readArguments(machine, argumentsOf(node))
  machine.forget(machine.evaluate(node.value))
  machine.forget(receiver)
  return unknown
}
