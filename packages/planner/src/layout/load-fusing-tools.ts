import { loadRailsReader } from '../readers/rails/load-rails-reader.ts'
import { loadSqlParser, loadSqlReader, loadSqlScanner } from '../readers/sql/read-sql.ts'
import { alterStatement } from './alter-statement.ts'
import type { FusingTools } from './fused.ts'
import type { RailsFusingTools } from './fuse-rails.ts'
import { loadLayoutTools } from './load-layout-tools.ts'
import { statementsOf } from './split-sql.ts'

/** Loads the parser of SQL. @throws ConductError READER_MISSING  it is not installed. */
export async function loadFusingTools(): Promise<FusingTools> {
  const [parse, read, scan] = await Promise.all([loadSqlParser(), loadSqlReader(), loadSqlScanner()])
  return {
    read: (text) => read({ file: 'batch.sql', text }).operations,
    givenStatements: ({ path, text }) => {
      let line = 1
      return statementsOf(text, parse(text)).map((statement) => {
        const firstLine = line
        line += statement.split('\n').length - 1
        const { operations } = read({ file: path, text: statement, firstLine })
        return { text: statement, operations, alter: alterStatement(statement, parse(statement), scan) }
      })
    },
  }
}

/** Loads the parser of Ruby, too. @throws ConductError READER_MISSING  one is not installed. */
export async function loadRailsFusingTools(): Promise<RailsFusingTools> {
  const [reader, train] = await Promise.all([loadRailsReader(), loadLayoutTools(['a.rb'])])
  // After the reader, which says it when the parser is not installed.
  const { loadSuperclassOf } = await import('./superclass-of.ts')
  return {
    train,
    read: (file, text) => reader.readMigration({ file, text }).operations,
    superclassOf: await loadSuperclassOf(),
  }
}
