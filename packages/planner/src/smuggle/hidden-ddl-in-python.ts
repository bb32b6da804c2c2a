import { textOfLiteral } from '../readers/django/python/literal.ts'
import type { ParsePython, PyNode } from '../readers/django/python/tree.ts'
import type { SqlReader } from '../readers/sql/read-sql.ts'
import type { Found } from './found.ts'
import { filledIn, running, sqlInTexts, type ProgramText } from './sql-in-texts.ts'

/** Texts of a program that are SQL. */
export function inPython(
  { parse, sql }: { readonly parse: ParsePython; readonly sql: SqlReader },
  path: string,
  text: string,
): readonly Found[] {
  const texts: ProgramText[] = []
  const look = (node: PyNode, isRun: boolean): void => {
    const own = textOf(node)
    if (own !== null) texts.push({ text: own, line: node.line, isRun })
    const inner = isRun || (node.name === 'CallExpression' && running.test(calledName(node)))
    for (const child of own === null ? node.children : []) look(child, inner)
  }
  look(parse(text), false)
  return sqlInTexts(sql, path, texts)
}

function calledName(call: PyNode): string {
  return call.children[0]?.text.split('.').at(-1)?.trim() ?? ''
}

function textOf(node: PyNode): string | null {
  switch (node.name) {
    case 'String':
      return textOfLiteral(node.text)
    case 'ContinuedString':
      return node.children.map((each) => textOf(each) ?? filledIn).join('')
    case 'FormatString': {
      const filled = node.children.reduce((text, each) => text.replace(each.text, () => filledIn), node.text)
      return textOfLiteral(filled.replace(/^\w+/, ''))
    }
    default:
      return null
  }
}
