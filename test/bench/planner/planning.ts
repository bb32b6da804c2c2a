import {
  defaultBatchPolicy,
  loadMigrationReader,
  openSchema,
  planBatch,
  type MigrationReader,
  type PlanTicket,
} from '@conduct/planner'

import { showMs, type Table } from '../table.ts'

const sizes = [10, 100, 1000] as const
const warmedUpMax = 500
const now = new Date('2026-01-05T00:00:00Z')

/** What a plan costs by the number of tickets, and how far it may be from the fewest turns. */
export async function planning(): Promise<Table> {
  const reader = await loadMigrationReader(['1.sql'])
  const tables = Array.from(
    { length: 40 },
    (_each, at) => `CREATE TABLE t${at} (id bigint PRIMARY KEY, a text);`,
  )
  const base = reader.readBase([{ path: 'db/structure.sql', text: tables.join('\n'), kind: 'added' }])
  return {
    title: 'Plans',
    note: 'made-up tickets over 40 tables: new columns, indexes, dropped columns and types, one in eight against another; gap: turns above the lower bound',
    columns: ['tickets', 'time', 'turns', 'serial', 'gap'],
    rows: sizes.map((count) => {
      const tickets = Array.from({ length: count }, (_each, at) => ticketAt(reader, at))
      const make = () =>
        planBatch({
          tickets,
          base: base.schema,
          files: [],
          rows: {},
          policy: defaultBatchPolicy,
          now,
          inFlight: count,
        })
      // Once to warm up, where that is quick.
      if (count < warmedUpMax) make()
      const start = performance.now()
      const plan = make()
      const took = performance.now() - start
      return [String(count), showMs(took), ...[plan.turns.length, plan.serialTurns, plan.gap].map(String)]
    }),
  }
}

function ticketAt(reader: MigrationReader, at: number): PlanTicket {
  const table = `t${(at * 7) % 40}`
  const shapes = [
    `ALTER TABLE ${table} ADD COLUMN c${at} text;`,
    `CREATE INDEX CONCURRENTLY i${at} ON ${table} (a);`,
    `CREATE TABLE n${at} (id bigint PRIMARY KEY, t bigint REFERENCES ${table} (id));`,
    `ALTER TABLE ${table} ADD COLUMN d${at} integer NOT NULL DEFAULT 0;`,
    `ALTER TABLE ${table} ADD COLUMN e${at} boolean; ALTER TABLE ${table} ALTER COLUMN a SET DEFAULT '';`,
    `CREATE INDEX j${at} ON ${table} (a);`,
    `ALTER TABLE ${table} ADD COLUMN shared text;`,
    `ALTER TABLE ${table} DROP COLUMN a;`,
  ]
  const id = `ticket-${String(at).padStart(4, '0')}`
  const text = shapes[at % shapes.length] ?? ''
  const file = { path: `db/${at + 1}_x.sql`, text, kind: 'added' as const }
  const { operations } = reader.readTicket(id, [file], openSchema)
  return { id, operations, weight: 1, isUrgent: false }
}
