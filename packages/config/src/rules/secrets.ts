/** No secret ever stands in lanes.yaml: whoever can read the repository would have it. */
import { findSecrets } from '../secret-spans.ts'
import type { TreeNode } from '../yaml-tree.ts'
import type { RuleContext } from './rule-context.ts'

/**
 * Looks at the values, then hides the same text in the source. The comments count too: they are as public.
 */
export function checkSecrets({ root, sink, text }: RuleContext): void {
  for (const span of findSecrets(text)) {
    sink.report(
      'SECRET_LITERAL',
      { start: span.from, end: span.to },
      {
        message: 'this looks like a secret; it is not shown here, but everybody who can read the file has it',
      },
    )
  }
  for (const node of scalars(root.node)) {
    if (typeof node.value !== 'string') continue
    const raw = text.slice(node.span.start, node.span.end)
    // Escapes and folding can hide in the value what the source text did not show.
    if (
      findSecrets(node.value).length > 0 &&
      findSecrets(raw).length === 0 &&
      !isInsideFound(text, node.span.start)
    ) {
      sink.report('SECRET_LITERAL', node.span, {
        message: 'this looks like a secret; it is not shown here, but everybody who can read the file has it',
      })
    }
  }
}

function isInsideFound(text: string, offset: number): boolean {
  return findSecrets(text).some((span) => span.from <= offset && offset < span.to)
}

function scalars(node: TreeNode | null): readonly Extract<TreeNode, { kind: 'scalar' }>[] {
  if (node === null) return []
  if (node.kind === 'scalar') return [node]
  if (node.kind === 'list') return node.items.flatMap(scalars)
  return [...node.entries.values()].flatMap((entry) => scalars(entry.child))
}
