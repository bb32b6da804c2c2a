import type { OperationBody } from '../../model/operation.ts'
import type { MysqlStatement, MysqlToken } from './statements.ts'

/** One thing that a statement does, before it is known where it stands. */
export interface Found {
  readonly body: OperationBody
  readonly line: number
  readonly isConditional?: boolean
  readonly isPlaced?: boolean
}

/** In lower case; null for what is no plain word. */
export function wordAt(tokens: readonly MysqlToken[], at: number): string | null {
  const token = tokens[at]
  return token?.kind === 'word' ? token.text.toLowerCase() : null
}

export function startsWith(tokens: readonly MysqlToken[], ...words: readonly string[]): boolean {
  return words.every((word, at) => wordAt(tokens, at) === word || isMark(tokens[at], word))
}

export function isMark(token: MysqlToken | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text
}

export interface NameRead {
  readonly name: string
  /** It names its database, which may or may not be the one that all others are in. */
  readonly isQualified: boolean
  /** Of the token after it. */
  readonly next: number
}

export function nameAt(tokens: readonly MysqlToken[], at: number): NameRead | null {
  const isName = (token: MysqlToken | undefined): boolean =>
    token?.kind === 'word' || token?.kind === 'quoted'
  if (!isName(tokens[at])) return null
  const isQualified = isMark(tokens[at + 1], '.') && isName(tokens[at + 2])
  const last = isQualified ? at + 2 : at
  return { name: tokens[last]?.text ?? '', isQualified, next: last + 1 }
}

/** What stands between commas that are in no parentheses. */
export function atCommas(tokens: readonly MysqlToken[]): readonly (readonly MysqlToken[])[] {
  const items: MysqlToken[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (isMark(token, '(')) depth++
    if (isMark(token, ')')) depth--
    if (depth === 0 && isMark(token, ',')) items.push([])
    else items.at(-1)?.push(token)
  }
  return items.filter((each) => each.length > 0)
}

/** The position of the parenthesis that closes the one at this position; null when none does. */
export function closing(tokens: readonly MysqlToken[], from: number): number | null {
  let depth = 0
  for (let at = from; at < tokens.length; at++) {
    if (isMark(tokens[at], '(')) depth++
    if (isMark(tokens[at], ')') && --depth === 0) return at
  }
  return null
}

export function sourceOf({ source }: MysqlStatement, tokens: readonly MysqlToken[]): string {
  return source.slice(tokens[0]?.start ?? 0, tokens.at(-1)?.end ?? 0)
}

export function unread(reason: string, touches: 'anything' | readonly string[] = 'anything'): OperationBody {
  return { kind: 'opaque', reason, touches }
}
