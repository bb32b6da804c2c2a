/** A syntax tree of Python as plain nodes: names of the grammar, texts and lines, no cursors. */
import type { SyntaxNode, Tree } from '@lezer/common'

export interface PyNode {
  readonly name: string
  readonly text: string
  readonly line: number
  readonly children: readonly PyNode[]
  readonly isError: boolean
}

export type ParsePython = (text: string) => PyNode

/** What stands between expressions and has no meaning of its own. */
const punctuation = new Set(['(', ')', '[', ']', '{', '}', ',', ';', 'Comment'])

export function plainTree(tree: Tree, text: string): PyNode {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  const lineOf = (offset: number): number => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low + 1
  }
  const plain = (node: SyntaxNode): PyNode => {
    const children: PyNode[] = []
    for (let child = node.firstChild; child !== null; child = child.nextSibling) {
      if (!punctuation.has(child.name)) children.push(plain(child))
    }
    return {
      name: node.name,
      text: text.slice(node.from, node.to),
      line: lineOf(node.from),
      children,
      isError: node.type.isError,
    }
  }
  return plain(tree.topNode)
}

export function childNamed(node: PyNode, ...names: readonly string[]): PyNode | undefined {
  return node.children.find((each) => names.includes(each.name))
}

/** Itself and all that is below it. */
export function* everyNode(node: PyNode): Generator<PyNode> {
  yield node
  for (const child of node.children) yield* everyNode(child)
}

/** The statements of a module, or of the body of a class or function. */
export function statementsOf(node: PyNode): readonly PyNode[] {
  const body = node.name === 'Script' || node.name === 'Body' ? node : childNamed(node, 'Body')
  return (body?.children ?? []).filter((each) => each.name !== ':')
}
