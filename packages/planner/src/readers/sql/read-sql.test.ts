import { beforeAll, describe, expect, it } from 'vitest'

import type { Operation } from '../../model/operation.ts'
import { loadSqlReader, type SqlReader } from './read-sql.ts'

let read: SqlReader
beforeAll(async () => {
  read = await loadSqlReader()
})

const operations = (text: string): readonly Operation[] => read({ file: 'a.sql', text }).operations
const kinds = (text: string): string[] => operations(text).map((each) => each.kind)

describe('reading SQL', () => {
  it('reads nothing from a file that is empty', () => {
    expect(read({ file: 'empty.sql', text: ' \n' })).toMatchObject({ operations: [], coverage: { total: 0 } })
  })

  it('takes each part of an ALTER TABLE apart', () => {
    const found = operations(
      `ALTER TABLE public.u
         ADD COLUMN c text NOT NULL DEFAULT now(),
         ALTER n TYPE bigint, DROP COLUMN x, ALTER n SET NOT NULL,
         ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES s.b (id) NOT VALID`,
    )

    expect(found).toMatchObject([
      {
        kind: 'add_column',
        table: 'u',
        column: { name: 'c', type: 'text', nullable: false, default: { volatility: 'stable' } },
        place: { file: 'a.sql', line: 2 },
      },
      { kind: 'change_type', column: 'n', type: 'bigint', place: { line: 3 } },
      { kind: 'drop_column', column: 'x' },
      { kind: 'set_nullable', column: 'n', nullable: false },
      {
        kind: 'add_foreign_key',
        references: 's.b',
        referencedColumns: ['id'],
        isValidated: false,
        place: { line: 4 },
      },
    ])
  })

  it('reads a new table with what is declared inside it', () => {
    const found = operations(
      'CREATE TABLE t (id bigserial PRIMARY KEY, a int REFERENCES u (id), n varchar(50) UNIQUE)',
    )

    expect(found).toMatchObject([
      {
        kind: 'create_table',
        table: 't',
        primaryKey: ['id'],
        columns: [
          { name: 'id', type: 'bigserial', nullable: false },
          { name: 'a', type: 'integer', nullable: true },
          { name: 'n', type: 'varchar(50)' },
        ],
      },
      { kind: 'add_foreign_key', columns: ['a'], references: 'u', isInline: true },
      { kind: 'add_constraint', constraint: 'unique', columns: ['n'] },
    ])
  })

  it('reads an index with its expressions and its condition', () => {
    const [found] = operations(
      'CREATE UNIQUE INDEX CONCURRENTLY i ON u USING btree (lower(n), b DESC) WHERE x > 1',
    )

    expect(found).toMatchObject({
      kind: 'create_index',
      columns: ['n', 'b', 'x'],
      isUnique: true,
      isConcurrent: true,
    })
    expect(found).toHaveProperty('elements.1', 'b desc')
  })

  it.each([
    ['DROP TABLE a, b', ['drop_table', 'drop_table']],
    ['DROP INDEX CONCURRENTLY i', ['drop_index']],
    ['ALTER TABLE t RENAME COLUMN a TO b', ['rename_column']],
    ['ALTER TABLE t RENAME TO q', ['rename_table']],
    ["ALTER TYPE mood ADD VALUE 'x' AFTER 'y'", ['add_enum_value']],
    ["CREATE TYPE e AS ENUM ('a')", ['create_enum']],
    ['CREATE EXTENSION IF NOT EXISTS citext', ['create_extension']],
    ['CREATE VIEW v AS SELECT * FROM u', ['create_view']],
    ['DROP TRIGGER tr ON u', ['drop_trigger']],
    ['UPDATE u SET a = 1', ['data']],
    ["SET lock_timeout = '1s'", ['session']],
    ['COMMENT ON COLUMN u.n IS NULL', ['alter_column']],
  ])('%s', (text, expected) => {
    expect(kinds(text)).toEqual(expected)
  })

  it.each([
    ['DO $$ BEGIN EXECUTE x; END $$', 'DO block: EXECUTE of what is put together'],
    ['DROP VIEW a CASCADE', 'DROP VIEW with CASCADE'],
    ['SET search_path = other', 'SET search_path'],
    ['SELECT setval(1, 2)', 'SELECT that calls a function or writes'],
    ['ALTER TYPE c ADD ATTRIBUTE x int', 'ALTER of type'],
  ])('calls %s opaque: it may touch anything', (text, reason) => {
    expect(operations(text)).toMatchObject([
      { kind: 'opaque', reason, touches: 'anything', confidence: 'opaque' },
    ])
  })

  it('does not guess at a text that the server would refuse, and says where', () => {
    const { operations: found, coverage } = read({
      file: 'a.sql',
      text: 'ALTER TABLE u ADD c int;\nSELEC 1;',
    })

    expect(found).toMatchObject([{ kind: 'opaque', touches: 'anything', place: { line: 2 } }])
    expect(coverage).toEqual({ resolved: 0, total: 1 })
  })

  it('counts lines past comments and letters of more than one byte', () => {
    const text = '-- grüße\n\n/* a /* nested */ one */\nALTER TABLE ü DROP COLUMN x;\n-- next\nDROP TABLE y;'

    expect(operations(text).map((each) => each.place.line)).toEqual([4, 6])
    expect(read({ file: 'a.rb', text, firstLine: 10 }).operations.map((each) => each.place.line)).toEqual([
      13, 15,
    ])
  })
})
