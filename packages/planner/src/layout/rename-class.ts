import { ConstantReadNode } from '@ruby/prism/src/nodes.js'

import { loadPrism } from '../readers/rails/ruby/load-prism.ts'
import type { RubyNode } from '../readers/rails/ruby/node.ts'

/** The text with a constant called otherwise, wherever it is named; nothing else changes. */
export type RenameClass = (text: string, from: string, to: string) => string

/** Loads the parser of Ruby. */
export async function loadRenameClass(): Promise<RenameClass> {
  const parse = await loadPrism()
  return (text, from, to) => {
    const bytes = new TextEncoder().encode(text)
    const places = constantsNamed(parse(text).value, from).sort((one, other) => one - other)
    const width = new TextEncoder().encode(from).length
    const decode = (start: number, end: number): string =>
      new TextDecoder().decode(bytes.subarray(start, end))
    const starts = [0, ...places.map((place) => place + width)]
    return starts.map((start, at) => decode(start, places[at] ?? bytes.length)).join(to)
  }
}

/** Where it stands on its own: `A` in `A` and in `A::B`, and not in `B::A`. */
function constantsNamed(node: RubyNode, name: string): number[] {
  const isIt = node instanceof ConstantReadNode && node.name === name
  const below = node.childNodes().flatMap((child) => (child === null ? [] : constantsNamed(child, name)))
  return isIt ? [node.location.startOffset, ...below] : below
}
