import { classifyOperations } from '../classify/classify.ts'
import { fieldsOf } from '../readers/sql/ast.ts'
import type { ParsedSql, SqlReader } from '../readers/sql/read-sql.ts'
import { openSchema } from '../schema/schema.ts'

export interface SqlPart {
  readonly text: string
  readonly isTransactional: boolean
}

export interface SplitSql {
  /** Together the whole text, in its order; settings are repeated where they still hold. */
  readonly parts: readonly SqlPart[]
  /** Why it stays whole although it is mixed; null when nothing is mixed any more. */
  readonly problem: string | null
}

/**
 * A migration in parts, each of which runs in one transaction, or is one statement that needs one of its own (or none): an index
 * that is built concurrently, a new value of an enum. A text that has nothing of the kind is one part, unchanged.
 */
export function splitSql(
  text: string,
  {
    parse,
    read,
    major,
  }: {
    readonly parse: (text: string) => ParsedSql
    readonly read: SqlReader
    readonly major: number
  },
): SplitSql {
  const whole: SplitSql = { parts: [{ text, isTransactional: true }], problem: null }
  const statements = statementsOf(text, parse(text))
  const judged = statements.map((statement) => {
    const { operations } = read({ file: '', text: statement })
    const classified = classifyOperations(operations, { major, base: openSchema, smallRowsMax: 0 })
    return {
      text: statement,
      session: operations.flatMap((each) => (each.kind === 'session' ? [each.text] : [])),
      isTransactional: classified.every((each) => each.isTransactional),
    }
  })
  const apart = judged.filter((each) => !each.isTransactional)
  if (apart.length === 0) return whole
  const working = judged.filter((each) => each.session.length === 0)
  const control = judged.flatMap((each) => each.session).find((each) => !each.startsWith('SET '))
  if (working.length > 1 && control !== undefined) {
    return { ...whole, problem: `it mixes what needs a transaction of its own with ${control}` }
  }
  const parts: SqlPart[] = []
  let settings = ''
  for (const each of judged) {
    const last = parts.at(-1)
    const isSetting = each.session.length > 0
    if (isSetting) settings += each.text
    const joins = isSetting || (last?.isTransactional === true && each.isTransactional)
    if (last !== undefined && joins) parts[parts.length - 1] = { ...last, text: `${last.text}${each.text}` }
    else if (!isSetting) {
      parts.push({ text: `${settings}${each.text}`, isTransactional: each.isTransactional })
    }
  }
  const [only, ...others] = parts
  if (only !== undefined && others.length === 0) return { parts: [{ ...only, text }], problem: null }
  return { parts: parts.map((part) => ({ ...part, text: `${part.text.trim()}\n` })), problem: null }
}

/** Each with the comments before it and the semicolon after it; together they are the text. */
export function statementsOf(text: string, parsed: ParsedSql): readonly string[] {
  if ('message' in parsed) return [text]
  const bytes = new TextEncoder().encode(text)
  const ends = parsed.statements.map((raw) => {
    const { stmt_location: start, stmt_len: length } = fieldsOf(raw)
    return typeof length === 'number' ? Number(start ?? 0) + length + 1 : bytes.length
  })
  return ends.map((end, at) => {
    const isLast = at === ends.length - 1
    return new TextDecoder().decode(bytes.subarray(ends[at - 1] ?? 0, isLast ? bytes.length : end))
  })
}
