import { classifyOperations, loadRailsReader, openSchema } from '@conduct/planner'

import { writeReadmeTable } from '../readme-tables.ts'
import { onHistories } from './planner/lane-turns.ts'
import { planning } from './planner/planning.ts'
import { makeMigrations, makeSchema } from './planner/rails-inputs.ts'
import { readerWaits } from './planner/reader-wait.ts'
import { describeMachine } from './machine.ts'
import type { MeasureOptions } from './measure-options.ts'
import { quantile } from './samples.ts'
import { showMs, toForm, type Table } from './table.ts'

const rounds = 7
const migrationCount = 2700
const schemaBytes = 120_000

/** What reading costs, after start-up; each beside the promise that it has to keep. */
export async function measure({ form, isForReadme }: MeasureOptions): Promise<void> {
  const tables = [await readingRails(), ...(await onHistories()), await planning(), await readerWaits()]
  process.stdout.write(`${describeMachine()}\n${tables.map((table) => toForm(table, form)).join('')}`)
  if (!isForReadme) return
  const text = tables.map((table) => toForm(table, 'markdown')).join('\n')
  writeReadmeTable('planner', `${describeMachine()}\n\n${text}`)
}

async function readingRails(): Promise<Table> {
  const start = performance.now()
  const reader = await loadRailsReader()
  const loadedMs = performance.now() - start
  const migrations = makeMigrations(migrationCount)
  const schema = makeSchema(schemaBytes)
  const surroundings = { major: 17, base: openSchema, smallRowsMax: 10_000 }
  const classifyAll = (): number =>
    migrations.reduce(
      (sum, each) => sum + classifyOperations(reader.readMigration(each).operations, surroundings).length,
      0,
    )
  const readSchema = (): number => reader.readSchema({ file: 'db/schema.rb', text: schema }).operations.length
  return {
    title: 'Rails, read by Ruby’s own parser',
    note: `generated files; one thread; ${rounds} rounds after one to warm up, which is shown as the first`,
    columns: ['what', 'operations', 'first', 'median', 'promised'],
    rows: [
      ['start-up: both parsers', '', '', showMs(loadedMs), ''],
      [`${migrationCount} migrations: parse, read, classify`, ...timed(classifyAll), '< 1 s'],
      [`schema.rb of ${Math.round(schema.length / 1000)} KB`, ...timed(readSchema), '< 50 ms'],
    ],
  }
}

function timed(run: () => number): readonly [string, string, string] {
  const times: number[] = []
  let operations = 0
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now()
    operations = run()
    times.push(performance.now() - start)
  }
  const [first = Number.NaN, ...warm] = times
  return [String(operations), showMs(first), showMs(quantile(warm, 0.5))]
}
