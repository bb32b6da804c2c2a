import { fieldsOf, listOf, nodeOf, relationName, textOf } from '../readers/sql/ast.ts'
import type { ParsedSql, SqlToken } from '../readers/sql/read-sql.ts'

export interface AlterStatement {
  readonly table: string
  /** `ALTER TABLE public.orders`, as it is written. */
  readonly head: string
  /** All that follows, without its semicolon: `ADD COLUMN x int, DROP COLUMN y`. */
  readonly commands: string
}

/** A plain `ALTER TABLE` in its two halves; null for every other statement, and for one with IF EXISTS or ONLY. */
export function alterStatement(
  text: string,
  parsed: ParsedSql,
  scan: (text: string) => readonly SqlToken[],
): AlterStatement | null {
  if ('message' in parsed || parsed.statements.length !== 1) return null
  const raw = fieldsOf(parsed.statements[0])
  const { type, fields } = nodeOf(raw['stmt'])
  const relation = fieldsOf(fields['relation'])
  const isPlain =
    type === 'AlterTableStmt' &&
    textOf(fields['objtype']) === 'OBJECT_TABLE' &&
    fields['missing_ok'] !== true &&
    relation['inh'] === true &&
    listOf(fields['cmds']).length > 0
  if (!isPlain) return null
  const bytes = new TextEncoder().encode(text)
  const decode = (from: number, to: number): string => new TextDecoder().decode(bytes.subarray(from, to))
  const named = Number(relation['location'] ?? 0)
  const tokens = scan(text)
  const at = tokens.findIndex((token) => token.start === named)
  const start = tokens.find((token) => token.text.toUpperCase() === 'ALTER')?.start
  if (at === -1 || start === undefined) return null
  // A name of two parts, and the star that means what comes without it.
  const isQualified = tokens[at + 1]?.text === '.'
  const lastOfName = tokens[at + (isQualified ? 2 : 0)]
  const first = tokens[at + (isQualified ? 3 : 1)]
  const end = tokens.findLast((token) => token.text !== ';' && !/^(?:--|\/\*)/.test(token.text))
  if (lastOfName === undefined || first === undefined || end === undefined || first.text === '*') return null
  return {
    table: relationName(relation),
    head: decode(start, lastOfName.end),
    commands: decode(first.start, end.end),
  }
}
