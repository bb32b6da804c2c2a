/** What every node of the parser has; its own declarations leave the type of children open. */
export interface RubyNode {
  /** In bytes of UTF-8. */
  readonly location: { readonly startOffset: number; readonly length: number }
  /** Of all fields, lists included; its compact form drops lists that stand beside single nodes. */
  childNodes(): readonly (RubyNode | null)[]
}

/** As the parser calls a list of arguments, and the node that holds it. */
const key = 'arguments_'

export function argumentsOf(node: {
  readonly [key]: { readonly [key]: readonly RubyNode[] } | null
}): readonly RubyNode[] {
  return node[key]?.[key] ?? []
}
