import { describe, expect, it } from 'vitest'

import { loadSqlReader } from './read-sql.ts'

const sql = await loadSqlReader()

function read(body: string): readonly (readonly [string, string, number])[] {
  const { operations } = sql({ file: 'a.sql', text: `SELECT 1;\nDO $$\n${body}\n$$;\nDROP TABLE last;` })
  return operations.slice(1, -1).map((each) => [each.kind, each.confidence, each.place.line])
}

describe('a DO block', () => {
  it.each([
    ['BEGIN\nALTER TABLE t ADD x int;\nEND', [['add_column', 'exact', 4]]],
    [
      "BEGIN\nIF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'a') THEN\n\n  CREATE TYPE a AS ENUM ('x');\nEND IF;\nEND",
      [['create_enum', 'conditional', 6]],
    ],
    [
      "BEGIN\nCREATE TYPE a AS ENUM ('x');\nEXCEPTION WHEN duplicate_object THEN null;\nEND",
      [['create_enum', 'conditional', 4]],
    ],
    ['BEGIN\nnull;\nEXCEPTION WHEN others THEN DROP TABLE t;\nEND', [['drop_table', 'conditional', 5]]],
    ['BEGIN\nFOR i IN 1..2 LOOP DROP TABLE t; END LOOP;\nEND', [['drop_table', 'conditional', 4]]],
    ['BEGIN\nIF x THEN RETURN; END IF;\nDROP TABLE t;\nEND', [['drop_table', 'conditional', 5]]],
    ["BEGIN\nEXECUTE 'DROP ' || 'TABLE t';\nEND", [['drop_table', 'exact', 4]]],
    ["BEGIN\nEXECUTE format('DROP TABLE %I', 't');\nEND", [['opaque', 'opaque', 4]]],
    ['DECLARE r record;\nBEGIN\nFOR r IN EXECUTE q LOOP null; END LOOP;\nEND', [['opaque', 'opaque', 5]]],
    ['BEGIN\nPERFORM change_all();\nEND', [['opaque', 'opaque', 4]]],
    ['DECLARE x int;\nBEGIN\nx := change_all();\nEND', [['opaque', 'opaque', 5]]],
    ['DECLARE x int := change_all();\nBEGIN\nnull;\nEND', [['opaque', 'opaque', 3]]],
    ['BEGIN\nIF change_all() THEN null; END IF;\nEND', [['opaque', 'opaque', 4]]],
    ["BEGIN\nRAISE NOTICE '%', change_all();\nEND", [['opaque', 'opaque', 4]]],
    ['BEGIN\nCALL change_all();\nEND', [['opaque', 'opaque', 4]]],
    ['BEGIN\nUPDATE t SET a = 1;\nEND', [['data', 'exact', 4]]],
    ['BEGIN\nBEGIN\nDROP TABLE t;\nEND;\nEND', [['drop_table', 'exact', 5]]],
    ["BEGIN\nIF to_regclass('t') IS NULL THEN RAISE EXCEPTION 'x'; END IF;\nEND", [['session', 'exact', 2]]],
    ['BEGIN\nthis is no statement;\nEND', [['opaque', 'opaque', 2]]],
  ])('%s', (body, expected) => {
    expect(read(body)).toEqual(expected)
  })

  it('in another language is opaque', () => {
    const { operations } = sql({ file: 'a.sql', text: 'DO LANGUAGE plpython3u $$ drop() $$' })

    expect(operations).toMatchObject([{ kind: 'opaque', reason: 'DO block' }])
  })
})
