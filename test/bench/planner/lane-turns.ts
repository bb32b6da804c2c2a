/**
 * Real histories, where they are at hand: `CONDUCT_HISTORIES=name:adapter:git-dir,…`. None of what is read is kept.
 */
import {
  applyOperations,
  classifyOperations,
  defaultBatchPolicy,
  emptySchema,
  loadRailsReader,
  onMysql,
  openSchema,
  planBatch,
  withImpliedRenames,
  type BatchPolicy,
  type Operation,
  type RailsAdapter,
  type RailsReader,
} from '@conduct/planner'

import { History, type Week } from '../../planner/schema-history.ts'
import { quantile } from '../samples.ts'
import { showMs, type Table } from '../table.ts'

interface Place {
  readonly name: string
  readonly reader: RailsReader
  readonly adapter: RailsAdapter
  readonly history: History
}

const rounds = 5
const promisedMigrations = 2700
const adapters: readonly RailsAdapter[] = ['postgresql', 'mysql', 'sqlite']

async function places(): Promise<readonly Place[]> {
  const named = (process.env['CONDUCT_HISTORIES'] ?? '').split(',').filter((each) => each !== '')
  return Promise.all(
    named.map(async (each) => {
      const [name = '', asked, folder = ''] = each.split(':')
      const adapter = adapters.find((one) => one === asked) ?? 'postgresql'
      return { name, adapter, reader: await loadRailsReader({ adapter }), history: new History(folder) }
    }),
  )
}

/** Empty without a history: nothing is made up in its place. */
export async function onHistories(): Promise<readonly Table[]> {
  const all = await places()
  return all.length === 0 ? [] : [realReading(all), laneTurns(all)]
}

function realReading(all: readonly Place[]): Table {
  const rows = all.map(({ name, reader, history }) => {
    const texts = history.allMigrations()
    const surroundings = { major: 17, base: openSchema, smallRowsMax: 10_000 }
    const times: number[] = []
    let operations = 0
    for (let round = 0; round <= rounds; round++) {
      const start = performance.now()
      operations = texts.reduce(
        (sum, each) => sum + classifyOperations(reader.readMigration(each).operations, surroundings).length,
        0,
      )
      times.push(performance.now() - start)
    }
    return { name, count: texts.length, operations, ms: quantile(times.slice(1), 0.5) }
  })
  const sum = (of: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((total, row) => total + of(row), 0)
  const together = {
    name: 'together',
    count: sum((row) => row.count),
    operations: sum((row) => row.operations),
    ms: sum((row) => row.ms),
  }
  return {
    title: 'Real migrations: parse, read, classify',
    note: `one thread, after start-up, median of ${rounds} rounds after one; promised: ${promisedMigrations} below 1 s`,
    columns: ['repository', 'migrations', 'operations', 'time', `of ${promisedMigrations} it would be`],
    rows: [...rows, together].map(({ name, count, operations, ms }) => [
      name,
      String(count),
      String(operations),
      showMs(ms),
      showMs((ms / count) * promisedMigrations),
    ]),
  }
}

/** Each migration of a week is a ticket of its own, and all of them wait since the week began. */
function laneTurns(all: readonly Place[]): Table {
  const policy = defaultBatchPolicy
  const rows = all.map((place) => {
    const { name, history } = place
    const weeks = history.weeks.filter((week) => week.added.length > 1)
    const planned = weeks.map((week) => turnsOf(place, policy, week))
    const total = (of: (each: (typeof planned)[number]) => readonly number[]): readonly [number, number] => [
      planned.reduce((sum, each) => sum + of(each).length, 0),
      planned.reduce((sum, each) => sum + waitingHours(of(each), policy), 0),
    ]
    const ways = [total((each) => each.serial), total((each) => each.batched), total((each) => each.floor)]
    return [
      name,
      String(weeks.length),
      ...ways.flatMap(([turns, hours]) => [String(turns), String(Math.round(hours))]),
    ]
  })
  return {
    title: 'Turns of the lane, and hours of waiting',
    note: `weeks of real histories with two migrations or more, each a ticket that waits since the week began; a turn holds the lane ${policy.turnOverheadMinutes} min and ${policy.minutesPerTicket} min per ticket, at most ${policy.ticketsPerTurnMax}; the unsafe floor shares turns whatever they do to each other`,
    columns: ['repository', 'weeks', 'serial', 'h', 'batched', 'h', 'unsafe floor', 'h'],
    rows,
  }
}

function turnsOf(
  { reader, adapter, history }: Place,
  policy: BatchPolicy,
  { from, added }: Week,
): Readonly<Record<'serial' | 'batched' | 'floor', readonly number[]>> {
  const onServer = (operations: readonly Operation[]): readonly Operation[] =>
    adapter === 'mysql' ? onMysql(operations) : operations
  const rails = history.railsAt(from)
  const text = history.text(from, 'db/schema.rb')
  const dump = reader.readSchema({ file: 'db/schema.rb', text, rails })
  const applied = applyOperations(emptySchema, onServer(dump.operations))
  const base = applied.outcome === 'applied' ? applied.schema : openSchema
  const tickets = added.map((each) => {
    const read = onServer(reader.readMigration({ ...each, rails }).operations)
    const operations = withImpliedRenames(base, read, { rails, adapter })
    return { id: each.file, operations, weight: 1, isUrgent: false }
  })
  const plan = planBatch({
    tickets,
    base,
    files: [],
    rows: {},
    policy,
    now: new Date('2026-01-05T00:00:00Z'),
    inFlight: tickets.length,
  })
  // What has no place in any order is put right by hand, one after another.
  const apart = plan.unplanned.map(() => 1)
  const full = Math.floor(tickets.length / policy.ticketsPerTurnMax)
  const rest = tickets.length % policy.ticketsPerTurnMax
  return {
    serial: tickets.map(() => 1),
    batched: [...plan.turns.map((turn) => turn.tickets.length), ...apart],
    floor: [...Array.from({ length: full }, () => policy.ticketsPerTurnMax), ...(rest === 0 ? [] : [rest])],
  }
}

/** @param turns how many tickets each has. */
function waitingHours(turns: readonly number[], policy: BatchPolicy): number {
  let clock = 0
  let sum = 0
  for (const count of turns) {
    clock += policy.turnOverheadMinutes + count * policy.minutesPerTicket
    sum += clock * count
  }
  return sum / 60
}
