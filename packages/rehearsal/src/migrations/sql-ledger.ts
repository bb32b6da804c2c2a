import type { MigrationRepository } from './branches.ts'

/** A ledger whose schema changes are plain SQL in the way of Flyway, with twelve open branches. */
export const sqlLedger: MigrationRepository = {
  main: {
    'README.md': 'a ledger\n',
    'db/V1__users.sql': `CREATE TABLE users (id bigint PRIMARY KEY, name text, email text NOT NULL);
CREATE UNIQUE INDEX users_email ON users (email);
`,
    'db/V2__orders.sql': `CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id), state text, note varchar(20));
CREATE INDEX orders_state ON orders (state);
`,
  },
  branches: {
    'feat/colour': { 'db/V3__colour.sql': 'ALTER TABLE orders ADD COLUMN colour text;\n' },
    'feat/nickname': { 'db/V3__nickname.sql': 'ALTER TABLE users ADD COLUMN nickname text;\n' },
    'feat/carts': {
      'db/V4__carts.sql': `CREATE TABLE carts (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id), opened_at timestamptz);
CREATE INDEX CONCURRENTLY carts_opened_at ON carts (opened_at);
`,
    },
    'feat/nick': { 'db/V5__nick.sql': '-- again\nALTER TABLE users ADD nickname text;\n' },
    'feat/nickname-index': {
      'db/V6__ix.sql': 'CREATE INDEX CONCURRENTLY users_nickname ON users (nickname);\n',
    },
    'feat/long-note': { 'db/V7__note.sql': 'ALTER TABLE orders ALTER COLUMN note TYPE varchar(200);\n' },
    'feat/drop-note': { 'db/V8__drop.sql': 'ALTER TABLE orders DROP COLUMN note;\n' },
    'feat/upper-names': { 'db/V9__upper.sql': 'UPDATE users SET name = upper(name);\n' },
    'feat/big-id': { 'db/V10__id.sql': 'ALTER TABLE users ALTER COLUMN id TYPE numeric;\n' },
    'feat/by-hand': { 'db/V11__do.sql': 'DO $$ BEGIN PERFORM by_hand(); END $$;\n' },
    'feat/rewritten': { 'db/V2__orders.sql': 'CREATE TABLE orders (id bigint);\n' },
    'feat/docs': { 'README.md': 'a better ledger\n' },
  },
}
