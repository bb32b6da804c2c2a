export interface Token {
  readonly type: 'name' | 'text' | 'number' | 'mark' | 'newline'
  readonly text: string
  readonly line: number
}

const pattern =
  /(?<newline>\r?\n)|(?<space>[ \t]+)|(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<text>"(?:[^"\\\n]|\\.)*")|(?<number>-?\d+(?:\.\d+)?)|(?<name>[\p{L}_][\p{L}\d_-]*)|(?<mark>@@|[@{}()[\],:?=.!])/uy

/** The words of a Prisma schema, without comments. @returns the line of what is no word of it, where there is one. */
export function tokensOf(text: string): readonly Token[] | number {
  const tokens: Token[] = []
  let line = 1
  let at = 0
  while (at < text.length) {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found === null) return line
    const [whole] = found
    const type = (['newline', 'text', 'number', 'name', 'mark'] as const).find(
      (each) => found.groups?.[each] !== undefined,
    )
    if (type !== undefined) tokens.push({ type, text: type === 'text' ? unquoted(whole) : whole, line })
    line += whole.split('\n').length - 1
    at += whole.length
  }
  return [...tokens, { type: 'newline', text: '\n', line }]
}

function unquoted(text: string): string {
  return text.slice(1, -1).replaceAll(/\\(.)/g, (_, each: string) => (each === 'n' ? '\n' : each))
}
