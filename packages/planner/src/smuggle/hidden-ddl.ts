import { ConductError } from '@conduct/core'

import { loadPython } from '../readers/django/python/load-python.ts'
import { loadJavaScript } from '../readers/knex/load-javascript.ts'
import { isMigration, isSchemaFile } from '../readers/file-kinds.ts'
import { loadRailsReader } from '../readers/rails/load-rails-reader.ts'
import type { SqlEngine } from '../readers/engine.ts'
import { loadMysqlReader } from '../readers/mysql/read-mysql.ts'
import { loadSqlReader, type SqlReader } from '../readers/sql/read-sql.ts'
import { foundAmong, type Found } from './found.ts'
import { inJavaScript } from './hidden-ddl-in-javascript.ts'
import { inPython } from './hidden-ddl-in-python.ts'
import type { ChangedText, Smuggled } from './signal.ts'
import { mayHoldDdl } from './sql-in-texts.ts'
import { isOtherProgram, javaScriptFile, mayHideDdl, pythonFile, rubyFile } from './worth-reading.ts'

export interface HiddenDdl {
  readonly signals: readonly Smuggled[]
  readonly unknown: readonly string[]
}

const nothing: HiddenDdl = { signals: [], unknown: [] }

/** What a text has; a text says why it cannot be known. */
type Search = (path: string, text: string) => readonly Found[] | string

/** @throws ConductError READER_MISSING  the parser of SQL or of Ruby is not installed. */
export async function loadHiddenDdl(
  paths: readonly string[],
  engine: SqlEngine,
): Promise<(change: ChangedText) => HiddenDdl> {
  const hiding = paths.filter(mayHideDdl)
  if (hiding.length === 0) return () => nothing
  const sql = await (engine === 'mysql' ? loadMysqlReader() : loadSqlReader())
  const inRuby = hiding.some((path) => rubyFile.test(path)) ? await loadRubySearch(sql) : null
  const inPrograms = hiding.some(isOtherProgram) ? await loadProgramSearch(sql, hiding) : null
  const search: Search = (path, text) => {
    if (path.endsWith('.sql')) return inSql(sql, path, text)
    return (rubyFile.test(path) ? inRuby?.(path, text) : inPrograms?.(path, text)) ?? []
  }
  return (change) => {
    const { path, after, before } = change
    if (after === null || !mayHideDdl(path) || isSchemaFile(path)) return nothing
    const [old, now] = [before === null ? [] : search(path, before), search(path, after)]
    if (typeof now === 'string') return { signals: [], unknown: [now] }
    const known = new Set(typeof old === 'string' ? [] : old.map(({ what }) => what))
    const found = now.filter(({ what }) => !known.has(what))
    return { signals: found.map(({ what, line }) => signalOf(path, what, line)), unknown: [] }
  }
}

/** A text of Ruby that is handed to the server is read as SQL. */
async function loadRubySearch(sql: SqlReader) {
  // It names the parser, where that is missing.
  await loadRailsReader({ executed: sql })
  const { openRubySearch } = await import('./hidden-ddl-in-ruby.ts')
  return openRubySearch(sql)
}

/** Most such files have nothing to do with a schema: a parser that is missing is said where one has. */
async function loadProgramSearch(sql: SqlReader, paths: readonly string[]): Promise<Search> {
  const [javaScript, python] = await Promise.all([
    paths.some((path) => javaScriptFile.test(path)) ? whereInstalled(loadJavaScript) : null,
    paths.some((path) => pythonFile.test(path)) ? whereInstalled(loadPython) : null,
  ])
  return (path, text) => {
    if (!mayHoldDdl(text)) return []
    if (pythonFile.test(path)) {
      if (python !== null) return inPython({ parse: python, sql }, path, text)
    } else if (javaScript !== null) {
      const found = inJavaScript({ parse: javaScript, sql }, path, text)
      return found ?? `${path}: it cannot be read, and may hold statements of the schema`
    }
    return `${path}: it may hold statements of the schema, and what reads its language is not installed`
  }
}

async function whereInstalled<T>(load: () => Promise<T>): Promise<T | null> {
  try {
    return await load()
  } catch (error) {
    if (error instanceof ConductError && error.code === 'READER_MISSING') return null
    throw error
  }
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
  return foundAmong(sql({ file: path, text }).operations, (each) => each.place.line)
}
