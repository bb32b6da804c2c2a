/**
 * A text of MySQL → its statements with their words, as the server and its own client see them: `DELIMITER`, the three kinds of
 * comments, and those comments that are run.
 */
export interface MysqlToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'mark'
  /** Of a quoted name what it means; of all others as it is written. */
  readonly text: string
  readonly start: number
  readonly end: number
  readonly line: number
}

export interface MysqlStatement {
  /** Without comments; what a comment held that is run stands in its place, and every place is where it was. */
  readonly source: string
  readonly tokens: readonly MysqlToken[]
  readonly line: number
  /** Part of it is run by some versions of the server only. */
  readonly isConditional: boolean
  /** Why it cannot be read; null when nothing stands in the way. */
  readonly problem: string | null
}

/** Every server that is still maintained runs what asks for no more than this. */
const oldestVersion = 80_000

export function mysqlStatements(text: string, firstLine = 1): readonly MysqlStatement[] {
  const statements: MysqlStatement[] = []
  const clean = text.split('')
  let tokens: MysqlToken[] = []
  let isConditional = false
  let problem: string | null = null
  let delimiter = ';'
  let inComment: 'run' | 'run by some' | null = null
  let line = firstLine
  let at = 0

  const blank = (end: number): void => {
    for (; at < end; at++)
      if (text[at] === '\n') line++
      else clean[at] = ' '
  }
  const finish = (): void => {
    const [first] = tokens
    if (first !== undefined || problem !== null)
      statements.push({ source: '', tokens, line: first?.line ?? line, isConditional, problem })
    tokens = []
    isConditional = inComment === 'run by some'
    problem = null
  }
  const take = (kind: MysqlToken['kind'], end: number, meaning?: string): void => {
    tokens.push({ kind, text: meaning ?? text.slice(at, end), start: at, end, line })
    for (; at < end; at++) if (text[at] === '\n') line++
  }

  while (at < text.length) {
    const rest = text.slice(at, at + 16)
    const command = tokens.length === 0 ? delimiterAt(text, at) : null
    if (command !== null) {
      delimiter = command.delimiter
      blank(command.end)
    } else if (text.startsWith(delimiter, at)) {
      finish()
      blank(at + delimiter.length)
    } else if (/^\s/.test(rest)) {
      if (text[at] === '\n') line++
      at++
    } else if (/^(?:#|--(?:[\s\p{Cc}]|$))/u.test(rest)) {
      const end = text.indexOf('\n', at)
      blank(end === -1 ? text.length : end)
    } else if (inComment !== null && rest.startsWith('*/')) {
      inComment = null
      blank(at + 2)
    } else if (rest.startsWith('/*M!')) {
      problem ??= 'a comment that only MariaDB runs'
      blank(endOfComment(text, at))
    } else if (rest.startsWith('/*!')) {
      const [opening = '/*!', version = ''] = /^\/\*!(\d{5,6})?/.exec(rest) ?? []
      inComment = Number(version) > oldestVersion ? 'run by some' : 'run'
      isConditional ||= inComment === 'run by some'
      blank(at + opening.length)
    } else if (rest.startsWith('/*')) {
      blank(endOfComment(text, at))
    } else if (/^['"`]/.test(rest)) {
      const end = endOfQuoted(text, at)
      if (end === null) problem ??= 'a quotation mark that is never closed'
      const to = end ?? text.length
      if (rest.startsWith('`')) take('quoted', to, text.slice(at + 1, to - 1).replaceAll('``', '`'))
      else take('string', to)
    } else {
      const word = /^[\w$\u0080-\uffff]+/.exec(text.slice(at, at + longestName))?.[0]
      // The client ends a statement wherever it meets the delimiter, in the middle of a word, too.
      const ends = word?.indexOf(delimiter) ?? -1
      if (word === undefined) take('mark', at + 1)
      else take('word', at + (ends === -1 ? word.length : ends))
    }
  }
  if (inComment !== null) problem ??= 'a comment that is never closed'
  finish()
  const source = clean.join('')
  return statements.map((each) => ({ ...each, source }))
}

/** Far above what a name may have. */
const longestName = 4_096

/** `DELIMITER //`, which the client understands where a statement would begin. */
function delimiterAt(text: string, at: number): { readonly delimiter: string; readonly end: number } | null {
  if (!/^delimiter\s/i.test(text.slice(at, at + 10))) return null
  const newline = text.indexOf('\n', at)
  const end = newline === -1 ? text.length : newline
  const [delimiter] = text
    .slice(at + 10, end)
    .trim()
    .split(/\s/)
  return delimiter === undefined || delimiter === '' ? null : { delimiter, end }
}

function endOfComment(text: string, at: number): number {
  const end = text.indexOf('*/', at + 2)
  return end === -1 ? text.length : end + 2
}

function endOfQuoted(text: string, from: number): number | null {
  const quote = text[from]
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\' && quote !== '`') at++
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at + 1
      at++
    }
  }
  return null
}
