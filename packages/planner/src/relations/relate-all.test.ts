import { beforeAll, expect, it } from 'vitest'

import type { SchemaTicket } from '../model/ticket.ts'
import { loadMysqlReader } from '../readers/mysql/read-mysql.ts'
import { loadSqlReader, type SqlReader } from '../readers/sql/read-sql.ts'
import { relateAll } from './relate-all.ts'
import { relateTickets } from './relate.ts'

let postgres: SqlReader
let mysql: SqlReader

beforeAll(async () => {
  ;[postgres, mysql] = await Promise.all([loadSqlReader(), loadMysqlReader()])
})

/** Of each kind of thing at least two that meet, and others beside. */
const changes = [
  'ALTER TABLE orders ADD COLUMN note text',
  'ALTER TABLE orders ADD COLUMN note text',
  'ALTER TABLE orders DROP COLUMN state',
  'ALTER TABLE sales.orders ADD COLUMN note text',
  'CREATE INDEX orders_state ON orders (state)',
  'CREATE INDEX other_name ON orders (state)',
  'DROP INDEX orders_state',
  'DROP TABLE orders CASCADE',
  'CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id))',
  'UPDATE lines SET amount = 0',
  'ALTER TABLE lines RENAME TO order_lines',
  'CREATE VIEW open_orders AS SELECT id FROM orders',
  "CREATE TYPE order_state AS ENUM ('new')",
  "ALTER TYPE order_state ADD VALUE 'paid'",
  'ALTER TABLE shops ADD COLUMN state order_state',
  'CREATE EXTENSION hstore',
  'ALTER TABLE shops ADD COLUMN extra hstore',
  'CREATE SCHEMA sales',
  'CREATE FUNCTION f() RETURNS trigger LANGUAGE sql AS $$ SELECT 1 $$',
  'CREATE TRIGGER t BEFORE INSERT ON shops FOR EACH ROW EXECUTE FUNCTION f()',
  'ALTER TABLE shops ADD CONSTRAINT named UNIQUE (name)',
  'ALTER TABLE shops DROP CONSTRAINT named',
  'INSERT INTO shops (name) SELECT name FROM people',
  'TRUNCATE people',
  'SELECT pg_notify()',
  'GRANT SELECT ON people TO reader',
]

function ticketsFrom(read: SqlReader, texts: readonly string[], prefix: string): readonly SchemaTicket[] {
  return texts.map((text, at) => ({
    id: `${prefix}-${String(at).padStart(2, '0')}`,
    operations: read({ file: `${prefix}-${at}.sql`, text }).operations,
  }))
}

/** Every pair compared. */
function byForce(tickets: readonly SchemaTicket[]) {
  return tickets
    .flatMap((one, at) => tickets.slice(at + 1).map((other) => relateTickets(one, other)))
    .filter((each) => each.relation !== 'independent')
}

it('finds what comparing every pair finds', () => {
  const tickets = ticketsFrom(postgres, changes, 'pg')
  const found = relateAll(tickets)

  expect(found).toEqual(byForce(tickets))
  // Not because everything is compared, nor because nothing is found.
  expect(new Set(found.map((each) => each.relation))).toEqual(
    new Set(['order', 'conflict', 'conservative', 'duplicate']),
  )
})

it('compares what could not be read with everything', () => {
  const tickets = ticketsFrom(postgres, [...changes, 'this is not SQL'], 'pg')

  expect(relateAll(tickets)).toEqual(byForce(tickets))
  expect(relateAll(tickets).filter((each) => each.b === 'pg-26')).toHaveLength(changes.length)
})

it('keeps two engines apart, even where they name nothing in common', () => {
  const tickets = [
    ...ticketsFrom(postgres, changes.slice(0, 5), 'pg'),
    ...ticketsFrom(mysql, ['ALTER TABLE elsewhere ADD a int', 'ALTER TABLE orders ADD b int'], 'my'),
  ]

  expect(relateAll(tickets)).toEqual(byForce(tickets))
  expect(relateAll(tickets).filter((each) => each.relation === 'conservative')).toHaveLength(10)
})
