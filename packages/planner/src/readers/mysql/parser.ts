import { ConductError } from '@conduct/core'

import { fieldsOf, listOf, type Fields } from '../sql/ast.ts'

/** @returns the one statement of a text; null when the parser does not understand it. */
export type ParseMysql = (text: string) => Fields | null

/** It goes back and forth over what is deeply nested: a time that grows with each parenthesis. */
const depthMax = 24
/** Longer ones are rows that are inserted, mostly; nobody waits for them to be understood. */
const lengthMax = 100_000

/** @throws ConductError READER_MISSING  the parser is not installed. */
export async function loadMysqlParser(): Promise<ParseMysql> {
  const { Parser } = (await importParser()).default
  const parser = new Parser()
  return (text) => {
    if (text.length > lengthMax || depthOf(text) > depthMax) return null
    let parsed: unknown
    try {
      parsed = parser.astify(text)
    } catch {
      // It throws what its grammar makes of a text, in several forms; each of them says that this is not understood.
      return null
    }
    const statements = Array.isArray(parsed) ? listOf(parsed) : [parsed]
    return statements.length === 1 ? fieldsOf(statements[0]) : null
  }
}

function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (const each of text) {
    if (each === '(') deepest = Math.max(deepest, ++depth)
    if (each === ')') depth--
  }
  return deepest
}

async function importParser() {
  try {
    return await import('node-sql-parser/build/mysql.js')
  } catch (cause) {
    throw new ConductError(
      'READER_MISSING',
      'The parser of MySQL’s SQL, the package node-sql-parser, cannot be loaded.',
      { hint: 'Install it beside conduct: npm install node-sql-parser@5', cause },
    )
  }
}
