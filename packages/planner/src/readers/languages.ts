/** The reader of each language, loaded where a file needs it; and the order that a language gives its files. */
import type { Operation } from '../model/operation.ts'
import { appOf, loadDjangoReader, type DjangoReader } from './django/read-django.ts'
import type { DjangoState } from './django/state.ts'
import type { SqlEngine } from './engine.ts'
import { loadKnexReader, type KnexReader } from './knex/read-knex.ts'
import { loadMysqlReader } from './mysql/read-mysql.ts'
import { onMysql } from './on-mysql.ts'
import { loadRailsReader } from './rails/load-rails-reader.ts'
import type { RailsReader } from './rails/read-rails.ts'
import { loadSqlReader, type SqlReader } from './sql/read-sql.ts'

export type { SqlEngine } from './engine.ts'

export interface Languages {
  readonly engine: SqlEngine
  readonly sql: SqlReader
  /** Of what its server is given as it stands: files that are SQL, and texts in those that are not. */
  readonly plainSql: SqlReader
  readonly rails: RailsReader | null
  readonly django: DjangoReader | null
  readonly knex: KnexReader | null
}

export interface ReadText {
  readonly operations: readonly Operation[]
  readonly className: string | null
}

const javaScript = /\.[cm]?[jt]s$/

/** @throws ConductError READER_MISSING  one is not installed. */
export async function loadLanguages(paths: readonly string[], engine: SqlEngine): Promise<Languages> {
  const sql = await loadSqlReader()
  const executed = engine === 'mysql' ? await loadMysqlReader() : sql
  const adapter = engine === 'mysql' ? 'mysql' : 'postgresql'
  return {
    engine,
    sql,
    plainSql: executed,
    rails: paths.some((path) => path.endsWith('.rb'))
      ? await loadRailsReader({ sql, executed, adapter })
      : null,
    django: paths.some((path) => path.endsWith('.py')) ? await loadDjangoReader(sql, executed) : null,
    knex: paths.some((path) => javaScript.test(path)) ? await loadKnexReader(sql, executed, engine) : null,
  }
}

export interface WrittenText {
  readonly file: string
  readonly text: string
  readonly rails?: number
  readonly textOf?: (path: string) => string | null
}

/** @returns null for a file that no reader here understands. */
export function readText(languages: Languages, source: WrittenText, state: DjangoState): ReadText | null {
  const read = readAsWritten(languages, source, state)
  return read === null ? null : { ...read, operations: asOn(languages.engine, read.operations) }
}

/** What was read is what this server does. */
export function asOn(engine: SqlEngine, operations: readonly Operation[]): readonly Operation[] {
  return engine === 'mysql' ? onMysql(operations) : operations
}

function readAsWritten(
  { plainSql, rails, django, knex }: Languages,
  source: WrittenText,
  state: DjangoState,
): ReadText | null {
  const { file } = source
  if (file.endsWith('.sql')) return { className: null, ...plainSql(source) }
  if (file.endsWith('.py'))
    return django === null ? null : { className: null, ...django.readMigration(source, state) }
  if (javaScript.test(file)) return knex === null ? null : { className: null, ...knex(source) }
  return rails?.readMigration(source) ?? null
}

/** Django's migrations after those that they name; the others as they come. */
export function afterDependencies<T extends { readonly path: string; readonly text: string }>(
  { django }: Languages,
  files: readonly T[],
): readonly T[] {
  if (django === null) return files
  const own = files.filter((each) => each.path.endsWith('.py'))
  const nameOf = (path: string): string =>
    `${appOf(path)}.${path.split('/').at(-1)?.replace(/\.py$/, '') ?? ''}`
  const waiting = new Map(own.map((each) => [nameOf(each.path), each]))
  const sorted: T[] = []
  const visit = (file: T): void => {
    if (!waiting.delete(nameOf(file.path))) return
    for (const each of django.readDependencies({ file: file.path, text: file.text })) {
      const needed = waiting.get(each)
      if (needed !== undefined) visit(needed)
    }
    sorted.push(file)
  }
  for (const each of own) visit(each)
  return [...files.filter((each) => !each.path.endsWith('.py')), ...sorted]
}
