import type { Operation } from '../model/operation.ts'
import { isMigration, isSchemaFile } from '../readers/read-migrations.ts'
import { loadRailsReader } from '../readers/rails/load-rails-reader.ts'
import { loadSqlReader, type SqlReader } from '../readers/sql/read-sql.ts'
import type { ChangedText, Smuggled } from './signal.ts'

const rubyFile = /(?:\.(?:rb|rake|thor|ru)|(?:^|\/)(?:Rakefile|Thorfile))$/

/** Ruby and SQL anywhere; what a test does to its own database is nobody's business. */
export function mayHideDdl(path: string): boolean {
  if (/(?:^|\/)(?:spec|test|tests|features)\//.test(path)) return false
  return rubyFile.test(path) || path.endsWith('.sql')
}

/** @throws ConductError READER_MISSING  a parser is not installed. */
export async function loadHiddenDdl(
  paths: readonly string[],
): Promise<(change: ChangedText) => readonly Smuggled[]> {
  const hiding = paths.filter(mayHideDdl)
  if (hiding.length === 0) return () => []
  const sql = await loadSqlReader()
  const inRuby = hiding.some((path) => rubyFile.test(path)) ? await loadRubySearch(sql) : null
  return (change) => {
    const { path, after, before } = change
    if (after === null || !mayHideDdl(path) || isSchemaFile(path)) return []
    const find = (text: string): readonly Found[] =>
      path.endsWith('.sql') ? inSql(sql, path, text) : (inRuby?.(path, text) ?? [])
    const known = new Set(before === null ? [] : find(before).map(({ what }) => what))
    return find(after)
      .filter(({ what }) => !known.has(what))
      .map(({ what, line }) => signalOf(path, what, line))
  }
}

/** A text of Ruby that is handed to the server is read as SQL. */
async function loadRubySearch(sql: SqlReader) {
  // It names the parser, where that is missing.
  await loadRailsReader({ sql })
  const { openRubySearch } = await import('./hidden-ddl-in-ruby.ts')
  return openRubySearch(sql)
}

export interface Found {
  readonly line: number
  readonly what: string
}

function signalOf(file: string, what: string, line: number): Smuggled {
  const isInMigration = isMigration(file)
  return {
    kind: 'hidden_ddl',
    place: { file, line },
    why: isInMigration
      ? `${what} stands in execute: schema.rb has no place for it, so that whoever loads the schema does not get it.`
      : `${what} changes the schema outside of every migration.`,
    remedy: isInMigration
      ? 'Dump the schema as structure.sql, or keep it in a library that dumps it.'
      : 'Write a migration for it, under the migration lane, and take it out here.',
  }
}

function inSql(sql: SqlReader, path: string, text: string): readonly Found[] {
  if (isMigration(path)) return []
  return sql({ file: path, text }).operations.flatMap((each) => foundIn(each, each.place.line))
}

/** What only a server keeps: the schema file of Rails has no words for it. */
export const leftOut: readonly Operation['kind'][] = [
  'create_function',
  'create_trigger',
  'create_view',
  'create_sequence',
]

export function foundIn(operation: Operation, line: number): readonly Found[] {
  if (operation.kind === 'data' || operation.kind === 'session') return []
  if (operation.kind === 'opaque') {
    // A block may do anything; a text that is no SQL does nothing.
    return /^DO\b/.test(operation.reason) ? [{ line, what: operation.reason }] : []
  }
  const name = 'name' in operation ? operation.name : 'table' in operation ? operation.table : ''
  return [{ line, what: `${operation.kind.replaceAll('_', ' ')} ${name ?? ''}`.trimEnd() }]
}
