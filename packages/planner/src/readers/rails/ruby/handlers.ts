import type { Machine } from './machine.ts'
import type { RubyNode } from './node.ts'
import type { Value } from './value.ts'

type NodeType<N> = abstract new (...args: never[]) => N
type Handler = (machine: Machine, node: never) => Value

export type HandlerEntry = readonly [type: unknown, handler: Handler]

/** What a node of one type is worth. */
export function on<N extends RubyNode>(
  type: NodeType<N>,
  handler: (machine: Machine, node: N) => Value,
): HandlerEntry {
  return [type, handler]
}
