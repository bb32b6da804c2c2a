import { loadKnexExports } from '../readers/knex/read-knex.ts'
import { loadRailsReader } from '../readers/rails/load-rails-reader.ts'
import { loadSqlParser, loadSqlReader } from '../readers/sql/read-sql.ts'
import type { TicketFile } from './batch-file.ts'
import type { RenameClass } from './rename-class.ts'
import { splitSql, type SplitSql, statementsOf } from './split-sql.ts'

/** What a layout needs of the parsers. */
export interface LayoutTools {
  readonly split: (file: TicketFile, major: number) => SplitSql
  /** Of a text in SQL, one by one; a text that cannot be read is one. */
  readonly statementsOf: (text: string) => readonly string[]
  /** Null for what has none. */
  readonly classNameOf: (file: TicketFile) => string | null
  readonly renameClass: RenameClass
  /** Why it cannot stand under another name; null when it can. */
  readonly unwritable: (file: TicketFile) => string | null
}

/**
 * Loads the parsers that these files need, and no other.
 *
 * @throws ConductError READER_MISSING  one is not installed.
 */
export async function loadLayoutTools(paths: readonly string[]): Promise<LayoutTools> {
  const [parse, read] = await Promise.all([loadSqlParser(), loadSqlReader()])
  const rails = paths.some((path) => path.endsWith('.rb')) ? await loadRailsTools() : null
  const knex = paths.some((path) => javaScript.test(path)) ? await loadKnexExports() : null
  const isTransactional = (path: string, text: string): boolean =>
    rails?.isTransactional(path, text) ?? knex?.({ file: path, text })?.isTransactional ?? true
  return {
    split: ({ path, text }, major) =>
      path.endsWith('.sql')
        ? splitSql(text, { parse, read, major })
        : { parts: [{ text, isTransactional: isTransactional(path, text) }], problem: null },
    statementsOf: (text) => statementsOf(text, parse(text)),
    classNameOf: ({ path, text }) => rails?.classNameOf(path, text) ?? null,
    renameClass: (text, from, to) => rails?.renameClass(text, from, to) ?? text,
    unwritable: ({ path, text }) =>
      knex === null || !javaScript.test(path) || knex({ file: path, text })?.hasWayUp === true
        ? null
        : `${path}: its way up is not in this file, so that nobody knows what else names it`,
  }
}

const javaScript = /\.[cm]?[jt]s$/

async function loadRailsTools() {
  const reader = await loadRailsReader()
  const { loadRenameClass } = await import('./rename-class.ts')
  const read = (file: string, text: string) =>
    file.endsWith('.rb') ? reader.readMigration({ file, text }) : null
  return {
    renameClass: await loadRenameClass(),
    classNameOf: (path: string, text: string) => read(path, text)?.className ?? null,
    isTransactional: (path: string, text: string) => read(path, text)?.isTransactional,
  }
}
