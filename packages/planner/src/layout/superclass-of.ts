import { ClassNode } from '@ruby/prism/src/nodes.js'

import { loadPrism } from '../readers/rails/ruby/load-prism.ts'
import type { RubyNode } from '../readers/rails/ruby/node.ts'

/** What the only class of a text is built on, as it is written; null where there is none, or more than one. */
export async function loadSuperclassOf(): Promise<(text: string) => string | null> {
  const parse = await loadPrism()
  return (text) => superclassIn(text, parse(text).value.statements.body)
}

function superclassIn(text: string, nodes: readonly RubyNode[]): string | null {
  const [only, ...others] = nodes.filter((node) => node instanceof ClassNode)
  if (only === undefined || others.length > 0 || only.superclass === null) return null
  const { startOffset, length } = only.superclass.location
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(startOffset, startOffset + length))
}
