import { expect, test } from 'vitest'

import type { Operation } from '../../model/operation.ts'
import { loadMigrationReader } from '../read-migrations.ts'
import { loadMysqlReader } from './read-mysql.ts'

const read = await loadMysqlReader()

function operationsOf(text: string): readonly Operation[] {
  return read({ file: 'V1__x.sql', text }).operations
}

/** Without what is the same for all. */
function bodiesOf(text: string): readonly unknown[] {
  const same = new Set(['confidence', 'place', 'engine', 'manner'])
  return operationsOf(text).map((each) =>
    Object.fromEntries(Object.entries(each).filter(([key]) => !same.has(key))),
  )
}

test('reads a table with its columns, its keys and what it refers to, each at its line', () => {
  const operations = operationsOf(`CREATE TABLE IF NOT EXISTS orders (
  ID bigint unsigned NOT NULL AUTO_INCREMENT,
  paid bool DEFAULT 0, rate double precision,
  state enum('a','b') NOT NULL DEFAULT 'a',
  user_id int,
  made timestamp DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (id),
  UNIQUE KEY By_State (state, user_id),
  FULLTEXT KEY words (state),
  CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) ENGINE=InnoDB;`)

  expect(operations).toMatchObject([
    {
      kind: 'create_table',
      table: 'orders',
      ifNotExists: true,
      primaryKey: ['id'],
      definition: 'engine = innodb',
      columns: [
        { name: 'id', type: 'bigint unsigned', nullable: false, generated: 'identity' },
        { name: 'paid', type: 'tinyint(1)', nullable: true, default: { volatility: 'constant', text: '0' } },
        { name: 'rate', type: 'double' },
        { name: 'state', type: "enum('a','b')", nullable: false, default: { text: "'a'" } },
        { name: 'user_id', type: 'int' },
        { name: 'made', default: { volatility: 'stable' } },
      ],
      place: { line: 1 },
    },
    {
      kind: 'create_index',
      name: 'orders.by_state',
      elements: ['state', 'user_id'],
      isUnique: true,
      place: { line: 8 },
    },
    { kind: 'create_index', name: 'orders.words', method: 'fulltext', place: { line: 9 } },
    {
      kind: 'add_foreign_key',
      name: 'fk',
      columns: ['user_id'],
      references: 'users',
      referencedColumns: ['id'],
      place: { line: 10 },
    },
  ])
  expect(operations.every((each) => each.engine === 'mysql' && each.confidence === 'exact')).toBe(true)
})

test.each([
  [
    'ALTER TABLE t ADD COLUMN c int AFTER a',
    [
      {
        kind: 'add_column',
        table: 't',
        column: { name: 'c', type: 'int', nullable: true },
        ifNotExists: false,
      },
    ],
  ],
  ['ALTER TABLE t DROP COLUMN `C`', [{ kind: 'drop_column', table: 't', column: 'c', ifExists: false }]],
  [
    'ALTER TABLE t ALTER c SET DEFAULT 1',
    [{ kind: 'set_default', table: 't', column: 'c', default: { volatility: 'constant', text: '1' } }],
  ],
  [
    'ALTER TABLE t ALTER COLUMN c DROP DEFAULT',
    [{ kind: 'set_default', table: 't', column: 'c', default: null }],
  ],
  ['ALTER TABLE t RENAME INDEX a TO B', [{ kind: 'rename_index', table: 't', name: 't.a', to: 't.b' }]],
  ['ALTER TABLE t RENAME COLUMN a TO b', [{ kind: 'rename_column', table: 't', column: 'a', to: 'b' }]],
  ['ALTER TABLE t RENAME TO u', [{ kind: 'rename_table', table: 't', to: 'u' }]],
  [
    'RENAME TABLE a TO b, c TO d',
    [
      { kind: 'rename_table', table: 'a', to: 'b' },
      { kind: 'rename_table', table: 'c', to: 'd' },
    ],
  ],
  [
    'DROP INDEX i ON t',
    [{ kind: 'drop_index', table: 't', name: 't.i', isConcurrent: false, ifExists: false }],
  ],
  [
    'DROP TABLE IF EXISTS a, b',
    ['a', 'b'].map((table) => ({ kind: 'drop_table', table, isCascading: false, ifExists: true })),
  ],
  [
    'ALTER TABLE t DROP FOREIGN KEY F',
    [{ kind: 'drop_constraint', table: 't', constraint: 'foreign_key', name: 'f', ifExists: false }],
  ],
  [
    'ALTER TABLE t DROP PRIMARY KEY',
    [{ kind: 'drop_constraint', table: 't', constraint: 'primary_key', ifExists: false }],
  ],
  ['INSERT INTO t SELECT * FROM u', [{ kind: 'data', verb: 'insert', writes: ['t'], reads: ['u'] }]],
  [
    'UPDATE t SET a = 1 WHERE b IN (SELECT id FROM u)',
    [{ kind: 'data', verb: 'update', writes: ['t'], reads: ['u'] }],
  ],
  ['SET FOREIGN_KEY_CHECKS=0', [{ kind: 'session', text: 'SET foreign_key_checks' }]],
])('reads %s', (text, expected) => {
  expect(bodiesOf(text)).toEqual(expected)
})

test('takes MODIFY for all that it says, and CHANGE for a new name, too', () => {
  expect(bodiesOf("ALTER TABLE t CHANGE a b varchar(20) NOT NULL DEFAULT 'x'")).toEqual([
    { kind: 'rename_column', table: 't', column: 'a', to: 'b' },
    { kind: 'change_type', table: 't', column: 'b', type: 'varchar(20)' },
    { kind: 'set_nullable', table: 't', column: 'b', nullable: false },
    { kind: 'set_default', table: 't', column: 'b', default: { volatility: 'constant', text: "'x'" } },
  ])
})

test('leaves readable what stands beside a part that cannot be read, and says how it is carried out', () => {
  const operations = operationsOf(
    'ALTER TABLE t ADD (a int,\n b int),\n FROB x, ALGORITHM=INPLACE, LOCK=NONE;\nDROP TABLE u',
  )

  expect(operations).toMatchObject([
    {
      kind: 'add_column',
      column: { name: 'a' },
      manner: { algorithm: 'inplace', lock: 'none' },
      place: { line: 1 },
    },
    { kind: 'add_column', column: { name: 'b' }, place: { line: 2 } },
    { kind: 'opaque', touches: 'anything', place: { line: 3 } },
    { kind: 'drop_table', place: { line: 4 } },
  ])
  expect(new Set(operations.map((each) => each.manner?.statement)).size).toBe(2)
})

test('is not sure which table is meant where its database is named', () => {
  expect(operationsOf('ALTER TABLE shop.t ADD c int')).toMatchObject([{ table: 't', confidence: 'dynamic' }])
  expect(operationsOf('DROP TABLE shop.t')).toMatchObject([{ table: 't', confidence: 'dynamic' }])
})

test.each([
  [
    'ALTER TABLE t ADD c int',
    [
      'INVISIBLE',
      'STORAGE DISK',
      "COMMENT 'x'",
      'CHECK (c > 1)',
      'KEY',
      'UNIQUE KEY',
      'AUTO_INCREMENT',
      'UNSIGNED',
    ],
  ],
  [
    'ALTER TABLE t ADD c int',
    ['AS (1)', 'AS (1) STORED', 'REFERENCES u (id)', 'NOT NULL', 'PARTITION BY HASH(id)'],
  ],
  [
    "ALTER TABLE t ADD c char(9) DEFAULT 'a'",
    ['CHARACTER SET ascii', 'COLLATE x', 'ON UPDATE CURRENT_TIMESTAMP'],
  ],
  [
    'ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id)',
    ['MATCH FULL', 'ON DELETE CASCADE', 'ON UPDATE SET NULL'],
  ],
  ['ALTER TABLE t ADD INDEX i (a)', ['USING HASH', 'INVISIBLE', "COMMENT 'x'", 'WITH PARSER p']],
  ['CREATE TABLE t (a int)', ['ENGINE=MyISAM', 'SELECT 1', 'AS SELECT 1', 'PARTITION BY HASH(a)', 'TABLE u']],
  ['CREATE VIEW v AS SELECT 1', ['FROM t', 'UNION SELECT a FROM t', 'WITH CHECK OPTION']],
  ['DROP TABLE t', [', u', 'CASCADE']],
  ['DELETE FROM t', ['WHERE a IN (SELECT a FROM u)']],
])('lets nothing of %s fall that makes it another change', (text, additions) => {
  const plain = JSON.stringify(bodiesOf(text))
  const lost = additions.filter((each) => JSON.stringify(bodiesOf(`${text} ${each}`)) === plain)

  expect(lost).toEqual([])
})

/** Each hides `DROP TABLE secret`: it is found, or something is opaque. */
const change = 'DROP TABLE secret'
test.each([
  ['a comment that is run', `/*!40101 ${change} */;`],
  ['a comment that newer servers run', `/*!90000 ${change} */`],
  ['a comment inside of one that is run', `/*! DROP /* no */ TABLE secret */`],
  ['one that MariaDB runs', `/*M! ${change} */; SELECT 1`],
  ['one that MariaDB runs of some version', `SELECT 1 /*M!100100 ; ${change} */`],
  ['another delimiter', `DELIMITER $$\n${change}$$\nDELIMITER ;`],
  ['behind an escaped quotation mark', `INSERT INTO t VALUES ('\\\\'); ${change}; -- '`],
  ['behind a doubled one', `INSERT INTO t VALUES ('it''s'); ${change}`],
  ['behind a semicolon in a string', `INSERT INTO t VALUES (';'), ("a;b"); ${change}`],
  ['behind two dashes that are no comment', `SELECT 1--1; ${change}`],
  ['behind a hash', `SELECT 1 # ; '\n; ${change}`],
  ['behind a name with quotation marks', 'ALTER TABLE `a``;b` ADD c int; ' + change],
  ['in a procedure', `DELIMITER //\nCREATE PROCEDURE p() BEGIN ${change}; END//\nDELIMITER ;\nCALL p();`],
  ['in a procedure without a delimiter', `CREATE PROCEDURE p() BEGIN ${change}; END;`],
  ['in an event', `CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO ${change}`],
  ['in a text that is run', `SET @sql = '${change}'; PREPARE s FROM @sql; EXECUTE s`],
  ['where quotation marks mean something else', `SET sql_mode='ANSI_QUOTES'; ${change}`],
  ['in another case', `drop\ttable\n  Secret`],
  ['between backticks', 'DROP TABLE `secret`'],
  ['of another database', 'DROP TABLE `shop`.`secret`'],
  ['among others', 'DROP TABLE a, b, secret'],
  ['behind a quotation mark that is never closed', `SELECT 'a; ${change}`],
  ['in a comment that is run and never closed', `/*!40101 ${change}`],
  ['by a new name', 'RENAME TABLE a TO b, secret TO gone'],
  ['behind deep parentheses', `SELECT ${'('.repeat(40)}1${')'.repeat(40)}; ${change}`],
  ['behind a byte order mark', `\ufeff${change}`],
])('finds a change %s, or says that something cannot be read', (_, text) => {
  const isFound = operationsOf(text).some(
    (each) =>
      each.kind === 'opaque' ||
      ((each.kind === 'drop_table' || each.kind === 'rename_table') && each.table.toLowerCase() === 'secret'),
  )

  expect(isFound).toBe(true)
})

test.each([
  `/* ${change} */`,
  `-- ${change}\n`,
  `# ${change}`,
  `SELECT '${change}'`,
  `SELECT ';${change};'`,
  `/*+ hint */ SELECT 1`,
])('takes %s for no change', (text) => {
  expect(operationsOf(text).filter((each) => each.kind !== 'session')).toEqual([])
})

test('reads plain SQL as MySQL only where that was asked for', async () => {
  const file = { path: 'V1__x.sql', text: 'ALTER TABLE t ADD c int AFTER `b`', kind: 'added' as const }
  const [mysql, postgres] = await Promise.all([
    loadMigrationReader([file.path], { engine: 'mysql' }),
    loadMigrationReader([file.path]),
  ])
  const { schema } = mysql.readBase([])

  expect(mysql.readTicket('a', [file], schema).operations).toMatchObject([
    { kind: 'add_column', engine: 'mysql' },
  ])
  expect(postgres.readTicket('a', [file], schema).operations).toMatchObject([{ kind: 'opaque' }])
})
