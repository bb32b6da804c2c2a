import { beforeAll, describe, expect, it } from 'vitest'

import { loadSqlReader, type SqlReader } from '../readers/sql/read-sql.ts'
import { applyOperations } from '../schema/apply.ts'
import { emptySchema, schemaLines } from '../schema/schema.ts'
import { relationsToPending, schemaAfter } from './pending.ts'

let read: SqlReader
beforeAll(async () => {
  read = await loadSqlReader()
})
const ticket = (id: string, text: string) => ({
  id,
  operations: read({ file: `${id}.sql`, text }).operations,
})

describe('what another batch has', () => {
  it('is there when the rest runs, in whatever order it was named; the same change twice is one', () => {
    const after = schemaAfter(emptySchema, [
      ticket('a', 'CREATE INDEX i ON orders (x)'),
      ticket('b', 'ALTER TABLE orders ADD x int'),
      ticket('c', 'ALTER TABLE orders ADD x int'),
      ticket('d', 'CREATE TABLE orders (id bigint)'),
    ])

    const text = 'CREATE TABLE orders (id bigint, x int); CREATE INDEX i ON orders (x)'
    const expected = applyOperations(emptySchema, read({ file: 'x.sql', text }).operations)
    expect(schemaLines(after)).toEqual(expected.outcome === 'applied' ? schemaLines(expected.schema) : [])
  })

  it('stands in a relation to what is planned', () => {
    const pending = [ticket('b', 'ALTER TABLE orders ADD x int')]
    const planned = [ticket('a', 'CREATE INDEX i ON orders (x)'), ticket('c', 'ALTER TABLE users ADD y int')]

    expect(relationsToPending(planned, pending)).toMatchObject([
      { a: 'a', b: 'b', relation: 'order', before: 'b' },
    ])
  })
})
