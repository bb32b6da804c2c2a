/** Nodes of ESTree, which is what every parser of JavaScript gives; absent is empty, never a crash. */
export interface JsNode {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

export function isNode(value: unknown): value is JsNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

export function nodeAt(node: JsNode, key: string): JsNode | null {
  const value = node[key]
  return isNode(value) ? value : null
}

export function nodesAt(node: JsNode, key: string): readonly JsNode[] {
  const value = node[key]
  return Array.isArray(value) ? value.filter(isNode) : []
}

export function textAt(node: JsNode | null, key: string): string {
  const value = node?.[key]
  return typeof value === 'string' ? value : ''
}

export function childrenOf(node: JsNode): readonly JsNode[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  )
}

/** Itself and all below, however deep. */
export function* everyNode(root: JsNode): Generator<JsNode> {
  const waiting = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node
    waiting.push(...childrenOf(node).toReversed())
  }
}

/** What stands in brackets, in a type, or is waited for is what it is. */
export function unwrap(node: JsNode): JsNode {
  const wrappers = [
    'ParenthesizedExpression',
    'AwaitExpression',
    'TSAsExpression',
    'TSNonNullExpression',
    'TSSatisfiesExpression',
    'ChainExpression',
    'TSTypeAssertion',
    'YieldExpression',
  ]
  const argument = wrappers.includes(node.type)
    ? (nodeAt(node, 'expression') ?? nodeAt(node, 'argument'))
    : null
  return argument === null ? node : unwrap(argument)
}

/** The line of an offset, both as the parser counts. */
export function linesOf(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) =>
    Math.max(
      starts.findLastIndex((start) => start <= offset),
      0,
    ) + 1
}
