import { postgresFacts, type Fact } from '@conduct/planner'
import { beforeAll, describe, expect, it } from 'vitest'

import { postgresHome } from '../servers/postgres-binaries.ts'
import { differingRows } from './fact-rows.ts'
import { factTable } from './fact-table.ts'
import { measureServer, type MeasuredServer } from './measure-server.ts'
import { factStatements } from './statements.ts'

const shipped: readonly Fact[] = postgresFacts

describe('the facts, measured again on a real server', () => {
  let server: MeasuredServer
  beforeAll(async () => {
    server = await measureServer(postgresHome)
  }, 60_000)

  it('equal what the server does with every statement: locks, rewrites, scans, transactions', () => {
    expect(server.byKey.size).toBe(Object.keys(factStatements).length)
    expect(differingRows(shipped, server)).toEqual([])
  })

  it('would differ if one row said otherwise, or was missing', () => {
    const milder = shipped.map((row) => (row.key === 'create_index' ? { ...row, scan: 'no' } : row))
    const fewer = shipped.filter((row) => row.key !== 'create_index')

    expect(differingRows(milder, server)).toHaveLength(2)
    expect(differingRows(fewer, server)).toHaveLength(1)
  })

  it('can be written as the table that is shipped', () => {
    const rows = shipped.filter((row) => row.key === 'enum_add_value')

    expect(factTable(rows, { servers: [server], on: '2026-01-02' })).toContain(
      "since: 12, until: 18, strongest: 'NONE', locks: [], rewrites: false, scan: 'no', blocksReads: false, blocksWrites: false, transactional: 'value_unusable'",
    )
  })
})
