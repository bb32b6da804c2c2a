import { Client } from 'pg'
import { startPostgres } from '../servers/postgres.ts'
import { measureAlone } from './measure-alone.ts'
import { measureInTransaction } from './measure-in-transaction.ts'
import type { Measured } from './measured.ts'
import { factFixture, factStatements, laterFixtures, type FactStatement } from './statements.ts'

/** What one server did, statement by statement. */
export interface MeasuredServer {
  readonly major: number
  /** `18.4` */
  readonly version: string
  readonly byKey: ReadonlyMap<string, Measured>
}

/** @param home `bin`, `lib` and `share` of a Postgres. */
export async function measureServer(home: string): Promise<MeasuredServer> {
  await using server = await startPostgres({ home })
  const url = await server.createDatabase()
  const client = new Client({ connectionString: url })
  await client.connect()
  const alone: (readonly [key: string, FactStatement])[] = []
  const byKey = new Map<string, Measured>()
  let version: string
  let major: number
  try {
    await client.query(factFixture)
    const found = await client.query<{ version: string; major: number }>(
      `select current_setting('server_version') as version,
        current_setting('server_version_num')::int / 10000 as major`,
    )
    ;({ version, major } = found.rows[0] ?? { version: '', major: 0 })
    for (const [since, sql] of laterFixtures) if (major >= since) await client.query(sql)
    for (const [key, statement] of Object.entries(factStatements)) {
      if (major < (statement.since ?? 0)) continue
      const measured = await measureInTransaction(client, statement)
      if (measured === 'alone') alone.push([key, statement])
      else byKey.set(key, measured)
    }
  } finally {
    await client.end()
  }
  const template = new URL(url).pathname.slice(1)
  for (const [key, statement] of alone) {
    byKey.set(key, await measureAlone(await server.createDatabase({ template }), statement))
  }
  return { major, version, byKey }
}
