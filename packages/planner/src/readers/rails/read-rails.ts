/**
 * Rails migrations and schema files → operations, by Ruby's own parser.
 *
 * Promise: what a migration does on its way up yields operations with their lines, and whatever could do more yields something
 * opaque. Nothing is run, no other file is opened, and the state of the database is not known: a question to it has both answers.
 * Not promised: what gems and the app's own code do to the statements of Rails, and plurals that an app has taught Rails.
 */
import type { Operation } from '../../model/operation.ts'
import { coverageOf, type ReadFile } from '../../model/ticket.ts'
import { loadMysqlReader } from '../mysql/read-mysql.ts'
import { loadSqlReader, type SqlReader } from '../sql/read-sql.ts'
import { bytePositions } from '../sql/text-position.ts'
import { railsOfDump } from './dump-style.ts'
import { dispatch } from './ruby/dispatch.ts'
import { evaluateNode } from './ruby/evaluate.ts'
import { loadPrism, type ParseRuby } from './ruby/load-prism.ts'
import { Machine, type StateAfter } from './ruby/machine.ts'
import { runMigration } from './run-migration.ts'
import type { RailsAdapter } from './schema/setting.ts'
import { rulesOf, versionBefore5 } from './schema/version-rules.ts'

export interface RailsSource {
  readonly file: string
  readonly text: string
  /** The version of Rails that ran it, where the file does not say one: then it has the meaning which that one gave it. */
  readonly rails?: number
  /** What stands in other files that it runs; absent: nobody knows. */
  readonly textOf?: (path: string) => string | null
  /** The schema that it runs on, where that is known for certain: then a question to the database has one answer. */
  readonly stateAfter?: StateAfter
}

/** A schema file says the version of Rails that dumped it since 7.0. */
export type SchemaSource = RailsSource

export interface ReadMigration extends ReadFile {
  /** The digits that the name of the file begins with. */
  readonly version: string | null
  readonly className: string | null
  /** False after `disable_ddl_transaction!`. */
  readonly isTransactional: boolean
}

export interface ReadSchema extends ReadFile {
  /** The newest version that the file says, or all of them where it lists them (Rails 8.2). */
  readonly versions: readonly string[]
}

export interface RailsReader {
  readonly readMigration: (source: RailsSource) => ReadMigration
  /** `schema.rb`, in the format of any Rails. */
  readonly readSchema: (source: SchemaSource) => ReadSchema
}

export interface RailsReaderOptions {
  readonly adapter?: RailsAdapter
  /** For expressions: Postgres’. */
  readonly sql?: SqlReader
  /** For what stands in `execute`; default: the adapter’s own. */
  readonly executed?: SqlReader
}

/** Loads the parsers (2 MB of WebAssembly) on the first call. */
export async function loadRailsReader(options: RailsReaderOptions = {}): Promise<RailsReader> {
  const [parse, sql] = await Promise.all([loadPrism(), options.sql ?? loadSqlReader()])
  const { adapter = 'postgresql' } = options
  const executed = options.executed ?? (adapter === 'mysql' ? await loadMysqlReader() : sql)
  const environment: Environment = { parse, sql: rememberingSnippets(sql), executed, adapter }
  return {
    readMigration: (source) => readMigration(environment, source),
    readSchema: (source) => readSchema(environment, source),
  }
}

const snippetsMax = 1000

/** Expressions and conditions that are read by themselves, in no file, come again and again: `gen_random_uuid()`. */
function rememberingSnippets(read: SqlReader): SqlReader {
  const known = new Map<string, ReadFile>()
  return (source) => {
    if (source.file !== '') return read(source)
    const found = known.get(source.text) ?? read(source)
    if (known.size >= snippetsMax) known.clear()
    known.set(source.text, found)
    return found
  }
}

interface Environment {
  readonly parse: ParseRuby
  readonly sql: SqlReader
  readonly executed: SqlReader
  readonly adapter: RailsAdapter
}

function readMigration(environment: Environment, source: RailsSource): ReadMigration {
  // From 5 on, one without a version means what it meant in 4.2.
  const unversioned = Math.min(source.rails ?? versionBefore5, versionBefore5)
  const { machine } = run(environment, source, { rails: unversioned, isDump: false })
  const found = runMigration(machine, unversioned)
  const [version = null] = /^\d+(?=_)/.exec(source.file.split('/').at(-1) ?? '') ?? []
  return {
    ...resultOf(source, machine),
    version,
    className: found?.name ?? null,
    isTransactional: machine.isTransactional,
  }
}

function readSchema(environment: Environment, source: SchemaSource): ReadSchema {
  const { machine, listed } = run(environment, source, {
    rails: source.rails ?? railsOfDump(source.text),
    isDump: true,
  })
  const { schemaVersion } = machine
  return {
    ...resultOf(source, machine),
    versions: listed.length > 0 ? listed : schemaVersion === null ? [] : [schemaVersion],
  }
}

function run(
  { parse, sql, executed, adapter }: Environment,
  { file, text, textOf = () => null, stateAfter }: RailsSource,
  { rails, isDump }: { readonly rails: number; readonly isDump: boolean },
): { readonly machine: Machine; readonly listed: readonly string[] } {
  const parsed = parse(text)
  const positions = bytePositions(text)
  const setting = { adapter, sql, executed, textOf, rules: rulesOf(rails) }
  const evaluator = { evaluate: evaluateNode, call: dispatch }
  const machine = new Machine({ file, setting, isDump, text, positions, evaluator, stateAfter })
  const [error] = parsed.errors
  if (error === undefined) machine.evaluate(parsed.value)
  else machine.opaque(error, `it is not Ruby: ${error.message}`)
  machine.exit = null
  const listed = parsed.dataLoc === null ? '' : afterEnd(text)
  return { machine, listed: listed.match(/^\d+$/gm) ?? [] }
}

/** What follows the line `__END__`. */
function afterEnd(text: string): string {
  return /^__END__\r?\n/m.exec(text) === null ? '' : text.slice(text.search(/^__END__\r?$/m))
}

function resultOf({ file }: RailsSource, machine: Machine): ReadFile {
  const seen = new Set<string>()
  const operations = machine.operations.filter((operation: Operation) => {
    if (operation.kind !== 'opaque' && operation.kind !== 'data') return true
    const key = `${operation.place.line} ${operation.kind === 'data' ? `${operation.verb} ${operation.writes.join(' ')}` : operation.reason}`
    return !seen.has(key) && seen.add(key)
  })
  return { file, operations, coverage: coverageOf(operations) }
}
