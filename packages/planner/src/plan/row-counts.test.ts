import { expect, it } from 'vitest'

import { readRowCounts, rowsIn } from './row-counts.ts'

it('reads rows by table, and says what is no number of them', () => {
  expect(readRowCounts('{"orders": 1200000, "old.users": 0}')).toEqual({
    outcome: 'read',
    rows: { orders: 1_200_000, 'old.users': 0 },
  })
  for (const text of ['{"orders": "many"}', '{"orders": -1}', '{"orders": 1.5}', '[1]', 'null', '{']) {
    expect(readRowCounts(text)).toMatchObject({ outcome: 'invalid' })
  }
})

it('finds a table with and without the usual schema, and nothing that is not there', () => {
  const rows = { orders: 5, 'public.users': 6, 'old.orders': 7 }

  expect(['orders', 'public.orders', 'users', 'old.orders'].map((table) => rowsIn(rows, table))).toEqual([
    5, 5, 6, 7,
  ])
  expect(rowsIn(rows, 'toString')).toBeUndefined()
  expect(rowsIn(rows, 'old.users')).toBeUndefined()
})
