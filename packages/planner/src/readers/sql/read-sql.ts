/**
 * Postgres SQL → operations, by the server's own parser.
 *
 * Promise: every statement yields an operation. One that is not understood is opaque, and so is a whole text that the parser
 * refuses (psql's own commands, templates): nothing in it is guessed.
 */
import { ConductError } from '@conduct/core'

import type { Operation } from '../../model/operation.ts'
import { coverageOf, type ReadFile } from '../../model/ticket.ts'
import { fieldsOf, listOf, nodeOf, nodesOf, type Fields } from './ast.ts'
import { readDo } from './do-block.ts'
import { readStatement } from './statement.ts'
import { bytePositions, type BytePositions } from './text-position.ts'

export interface SqlSource {
  readonly file: string
  readonly text: string
  /** Where the text begins in its file, when it stands inside another language. */
  readonly firstLine?: number
}

export type SqlReader = (source: SqlSource) => ReadFile

/**
 * Loads the parser (1.7 MB of WebAssembly) on the first call.
 *
 * @throws ConductError READER_MISSING  it is not installed.
 */
export async function loadSqlReader(): Promise<SqlReader> {
  const parse = await loadSqlParser()
  const { parsePlPgSQLSync: parseBody } = await loadParser()
  return (source) => readWith({ parse, parseBody }, source)
}

/** The parser itself, for who needs the statements of a text. @throws ConductError READER_MISSING */
export async function loadSqlParser(): Promise<(text: string) => ParsedSql> {
  const parser = await loadParser()
  await parser.loadModule()
  return (text) => {
    // It takes an empty text for a mistake of its caller.
    if (text.trim() === '') return { statements: [] }
    try {
      return { statements: listOf(fieldsOf(parser.parseSync(text))['stmts']) }
    } catch (error) {
      if (!parser.hasSqlDetails(error)) throw error
      return { message: error.message, position: error.sqlDetails?.cursorPosition ?? 0 }
    }
  }
}

/** Where the words of a text begin and end, in bytes. @throws ConductError READER_MISSING */
export async function loadSqlScanner(): Promise<(text: string) => readonly SqlToken[]> {
  const parser = await loadParser()
  await parser.loadModule()
  return (text) => parser.scanSync(text).tokens
}

export interface SqlToken {
  readonly start: number
  readonly end: number
  readonly text: string
}

async function loadParser() {
  try {
    return await import('libpg-query')
  } catch (cause) {
    throw new ConductError(
      'READER_MISSING',
      'The parser of Postgres SQL, the package libpg-query, cannot be loaded.',
      {
        hint: 'Install it beside conduct: npm install libpg-query@18',
        cause,
      },
    )
  }
}

export type ParsedSql =
  | { readonly statements: readonly unknown[] }
  | { readonly message: string; readonly position: number }

interface Parsers {
  readonly parse: (text: string) => ParsedSql
  readonly parseBody: (text: string) => unknown
}

function readWith(parsers: Parsers, { file, text, firstLine }: SqlSource): ReadFile {
  const { parse } = parsers
  const positions = bytePositions(text, firstLine)
  const parsed = parse(text)
  if ('message' in parsed) {
    const operation: Operation = {
      kind: 'opaque',
      reason: parsed.message,
      touches: 'anything',
      confidence: 'opaque',
      place: { file, line: positions.lineAt(parsed.position) },
    }
    return { file, operations: [operation], coverage: coverageOf([operation]) }
  }
  const operations = parsed.statements.flatMap((raw) => {
    const given = fieldsOf(raw)
    const start = positions.skipToStatement(Number(given['stmt_location'] ?? 0))
    const statement = nodeOf(given['stmt'])
    const inside = statement.type === 'DoStmt' ? readInside(parsers, file, statement.fields, positions) : null
    if (inside !== null) return inside
    return readStatement(statement).map(({ body, offset, isConditional }): Operation => {
      const confidence = body.kind === 'opaque' ? 'opaque' : isConditional === true ? 'conditional' : 'exact'
      return { ...body, confidence, place: { file, line: positions.lineAt(offset ?? start) } }
    })
  })
  return { file, operations, coverage: coverageOf(operations) }
}

/** @returns null for a block that cannot be read. */
function readInside(
  parsers: Parsers,
  file: string,
  statement: Fields,
  positions: BytePositions,
): readonly Operation[] | null {
  const body = nodesOf(statement['args']).find(({ fields }) => fields['defname'] === 'as')
  const line = positions.lineAt(Number(body?.fields['location'] ?? 0))
  const read = (text: string, firstLine: number): readonly Operation[] =>
    readWith(parsers, { file, text, firstLine }).operations
  const found = readDo({ ...parsers, read, file }, statement, line)
  if (found?.length !== 0) return found
  return [{ kind: 'session', text: 'DO', confidence: 'exact', place: { file, line } }]
}
