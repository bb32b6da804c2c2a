import type { Token } from './token.ts'

/** Between `case` and `esac` a bracket may end a pattern, and close nothing. */
export function isInCase(tokens: readonly Token[]): boolean {
  const said = tokens.map((token) => (token.kind === 'word' ? token.word.said : token.kind))
  const isFirst = (at: number): boolean => at === 0 || tokens[at - 1]?.kind === 'operator'
  const begun = said.filter((word, at) => word === 'case' && isFirst(at)).length
  return begun > said.filter((word, at) => word === 'esac' && isFirst(at)).length
}
