/**
 * MySQL's SQL → operations.
 *
 * Promise: what a text does is found, or is opaque. What one statement cannot be read of leaves the others readable, and each operation
 * says which statement it belongs to: the server does all of a statement or nothing of it, and then commits.
 */
import type { MysqlManner, Operation } from '../../model/operation.ts'
import { coverageOf } from '../../model/ticket.ts'
import type { SqlReader } from '../sql/read-sql.ts'
import { loadMysqlParser, type ParseMysql } from './parser.ts'
import { readMysqlStatement } from './statement.ts'
import { mysqlStatements, type MysqlToken } from './statements.ts'
import { isMark, wordAt } from './words.ts'

/** @throws ConductError READER_MISSING  the parser is not installed. */
export async function loadMysqlReader(): Promise<SqlReader> {
  const parse = await loadMysqlParser()
  return (source) => {
    const operations = readText(source, parse)
    return { file: source.file, operations, coverage: coverageOf(operations) }
  }
}

function readText(
  { file, text, firstLine }: Parameters<SqlReader>[0],
  parse: ParseMysql,
): readonly Operation[] {
  return mysqlStatements(text, firstLine).flatMap((statement, at) => {
    const { found, isQualified } = readMysqlStatement(statement, parse)
    const manner = { statement: `${file}#${at + 1}`, ...saidBy(statement.tokens) }
    return found.map(({ body, line, isConditional, isPlaced }): Operation => {
      const isUnsure = statement.isConditional || isConditional === true
      const confidence =
        body.kind === 'opaque' ? 'opaque' : isQualified ? 'dynamic' : isUnsure ? 'conditional' : 'exact'
      const placed = isPlaced === true ? { isPlaced } : {}
      return { ...body, confidence, place: { file, line }, engine: 'mysql', manner: { ...manner, ...placed } }
    })
  })
}

const algorithms = { instant: 'instant', inplace: 'inplace', copy: 'copy' } as const
const locks = { none: 'none', shared: 'shared', exclusive: 'exclusive' } as const

/** `ALGORITHM=INSTANT`, `LOCK=NONE`; what the server chooses itself is said by neither. */
function saidBy(tokens: readonly MysqlToken[]): Omit<MysqlManner, 'statement'> {
  const algorithm = valueOf(tokens, 'algorithm', algorithms)
  const lock = valueOf(tokens, 'lock', locks)
  return { ...(algorithm === undefined ? {} : { algorithm }), ...(lock === undefined ? {} : { lock }) }
}

function valueOf<T extends string>(
  tokens: readonly MysqlToken[],
  name: string,
  values: Readonly<Record<string, T>>,
): T | undefined {
  let depth = 0
  for (const [at, token] of tokens.entries()) {
    if (isMark(token, '(')) depth++
    if (isMark(token, ')')) depth--
    if (depth > 0 || wordAt(tokens, at) !== name) continue
    const value = wordAt(tokens, isMark(tokens[at + 1], '=') ? at + 2 : at + 1)
    if (value !== null && value in values) return values[value]
  }
  return undefined
}
