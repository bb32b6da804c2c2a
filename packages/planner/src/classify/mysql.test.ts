import { expect, test } from 'vitest'

import { mysqlFacts } from '../facts/mysql-facts.ts'
import { judgeTicket } from '../plan/judge-ticket.ts'
import { defaultBatchPolicy } from '../plan/policy.ts'
import { loadMysqlReader } from '../readers/mysql/read-mysql.ts'
import { loadSqlReader } from '../readers/sql/read-sql.ts'
import { relateTickets } from '../relations/relate.ts'
import { applyOperations } from '../schema/apply.ts'
import { emptySchema, openSchema, type Schema } from '../schema/schema.ts'
import { classifyOperations } from './classify.ts'

const read = await loadMysqlReader()
const postgres = await loadSqlReader()

const made = applyOperations(
  emptySchema,
  read({
    file: 'base.sql',
    text: "CREATE TABLE t (v varchar(40), w varchar(300), e enum('a'), n int NOT NULL)",
  }).operations,
)
if (made.outcome !== 'applied') throw new Error(made.problem)
const base = made.schema

function judge(text: string, on: Schema = base) {
  const operations = read({ file: 'V2__x.sql', text }).operations
  return classifyOperations(operations, { major: 18, base: on, smallRowsMax: 0 }).map(
    ({ cls, fact }) => `${cls} ${fact ?? '-'}`,
  )
}

test.each([
  ['ALTER TABLE t ADD c int', ['S1 mysql add_column_last']],
  ['ALTER TABLE t ADD c int FIRST', ['S1 mysql add_column_first_or_after']],
  ['ALTER TABLE t ADD c int, ALGORITHM=COPY', ['B2 mysql add_column_last']],
  ['ALTER TABLE t ADD c int, ALGORITHM=INPLACE', ['B2 mysql add_column_last']],
  ['ALTER TABLE t ADD c int, ADD INDEX i (c)', ['B2 mysql add_column_last', 'S2 mysql create_index']],
  ['ALTER TABLE t ADD c int, ADD d int', ['S1 mysql add_column_last', 'S1 mysql add_column_last']],
  ['ALTER TABLE t ADD c char(36) DEFAULT (uuid())', ['B2 mysql add_column_expression_default']],
  ['ALTER TABLE t ADD c int AS (n + 1) STORED', ['B2 mysql add_stored_generated']],
  ['CREATE INDEX i ON t (n)', ['S2 mysql create_index']],
  ['CREATE INDEX i ON t (n) ALGORITHM=INPLACE LOCK=SHARED', ['B1 mysql create_index']],
  ['CREATE FULLTEXT INDEX i ON t (v)', ['B1 mysql add_fulltext']],
  ['ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4', ['B2 mysql convert_charset']],
  ['ALTER TABLE t ADD FOREIGN KEY (n) REFERENCES u (id)', ['B2 mysql add_fk']],
  ['ALTER TABLE t DROP CONSTRAINT x', ['B2 mysql drop_primary_key']],
  ['ALTER TABLE t DROP CHECK x', ['opaque -']],
  [
    'ALTER TABLE t MODIFY v varchar(60)',
    ['S1 mysql extend_varchar', 'S1 mysql set_default', 'S1 mysql drop_default'],
  ],
  [
    'ALTER TABLE t MODIFY v varchar(300)',
    ['B2 mysql change_type', 'S1 mysql set_default', 'S1 mysql drop_default'],
  ],
  [
    'ALTER TABLE t MODIFY w varchar(400)',
    ['S1 mysql extend_varchar', 'S1 mysql set_default', 'S1 mysql drop_default'],
  ],
  ['ALTER TABLE t MODIFY n int', ['S1 mysql set_default', 'B2 mysql set_null', 'S1 mysql drop_default']],
  [
    "ALTER TABLE t MODIFY e enum('a','b')",
    ['S1 mysql enum_append', 'S1 mysql set_default', 'S1 mysql drop_default'],
  ],
  [
    "ALTER TABLE t MODIFY e enum('b','a')",
    ['B2 mysql change_type', 'S1 mysql set_default', 'S1 mysql drop_default'],
  ],
  ['TRUNCATE t', ['opaque -']],
  [
    'CREATE TABLE n (id int); ALTER TABLE n ADD FOREIGN KEY (id) REFERENCES t (n)',
    ['S0 mysql create_table', 'S1 mysql add_fk'],
  ],
])('classes %s', (text, expected) => {
  expect(judge(text)).toEqual(expected)
})

test('takes a change of a type for the worst where the type before is not known', () => {
  expect(judge('ALTER TABLE t MODIFY v varchar(60)', openSchema)[0]).toBe('B2 mysql change_type')
})

test('says of each row whether it was confirmed', () => {
  expect(mysqlFacts.filter((row) => !row.isConfirmed).map((row) => row.key)).toEqual([
    'add_virtual_generated',
    'add_stored_generated',
    'add_primary_key',
    'drop_primary_key',
    'rename_table',
    'convert_charset',
    'add_check',
    'create_table',
  ])
})

function becauseOf(...files: readonly string[]): readonly string[] {
  const operations = files.flatMap((text, at) => read({ file: `V${at}__x.sql`, text }).operations)
  const ticket = { id: 'a', operations, weight: 1, isUrgent: false }
  return judgeTicket(ticket, openSchema, { policy: defaultBatchPolicy, rowsOf: () => undefined }).because
}

test('gives a ticket a turn to itself when it cannot be run again half-way', () => {
  const one = 'ALTER TABLE t ADD a int'

  expect(becauseOf(`${one};\nALTER TABLE u ADD b int`)).toEqual([
    expect.stringMatching(/^MySQL commits each of its statements.*V0__x\.sql:2\)$/),
  ])
  expect(becauseOf(one, 'ALTER TABLE u ADD b int')).toEqual([])
  expect(becauseOf('ALTER TABLE t ADD a int, ADD b int')).toEqual([])
  expect(becauseOf(`SET foreign_key_checks = 0; CREATE TABLE IF NOT EXISTS n (id int); ${one}`)).toEqual([])
  expect(becauseOf(`${one}; CREATE TABLE IF NOT EXISTS n (id int)`)).toHaveLength(1)
})

test('keeps what is for another engine in another turn, and drops no duplicate across them', () => {
  const text = 'ALTER TABLE t ADD c int'
  const on = (reader: typeof read, id: string) => ({
    id,
    operations: reader({ file: `${id}.sql`, text }).operations,
  })

  expect(relateTickets(on(read, 'a'), on(postgres, 'b'))).toMatchObject({
    relation: 'conservative',
    because: [{ rule: 'engine' }],
  })
  expect(relateTickets(on(read, 'a'), on(read, 'b'))).toMatchObject({ relation: 'duplicate', drop: 'b' })
})
