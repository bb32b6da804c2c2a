import { everyNode, nodeAt, textAt, type JsNode } from './node.ts'

/** What is given a value after its declaration: nobody knows what it is at a given moment. */
export function changingNames(program: JsNode): ReadonlySet<string> {
  const names = new Set<string>()
  for (const node of everyNode(program)) for (const each of changedBy(node)) names.add(each)
  for (const each of ['exports', 'module', '']) names.delete(each)
  return names
}

function changedBy(node: JsNode): readonly string[] {
  switch (node.type) {
    case 'AssignmentExpression':
      return targets(nodeAt(node, 'left'))
    case 'ForOfStatement':
    case 'ForInStatement': {
      const left = nodeAt(node, 'left')
      return left?.type === 'VariableDeclaration' ? [] : targets(left)
    }
    case 'UpdateExpression':
      return targets(nodeAt(node, 'argument'))
    default:
      return []
  }
}

/** Of a pattern, every name in it; what is inside of something is no name. */
function targets(target: JsNode | null): readonly string[] {
  if (target === null || target.type === 'MemberExpression') return []
  return [...everyNode(target)].map((each) => textAt(each, 'name'))
}
