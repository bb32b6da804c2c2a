import { Client } from 'pg'
import type { Floor, FloorPlace } from './floor.ts'

/** Two statements on one connection that stays open: a read, and an update of the version that was read. */
export async function openPostgresFloor({ url, estate }: FloorPlace): Promise<Floor> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('create table floor (id text primary key, version bigint not null, body text not null)')
  return {
    bytesOf: async (lane) => {
      const { rows } = await client.query<{ body: string }>(
        'select body from conduct.document where estate = $1 and id = $2',
        [estate, `lane/${lane}`],
      )
      return rows[0]?.body ?? ''
    },
    begin: async (text) => {
      await client.query('insert into floor values ($1, 1, $2)', ['lane', text])
    },
    change: async (text) => {
      const { rows } = await client.query<{ version: string; body: string }>(
        'select version, body from floor where id = $1',
        ['lane'],
      )
      const version = Number(rows[0]?.version)
      JSON.parse(rows[0]?.body ?? '')
      const { rowCount } = await client.query(
        'update floor set version = $1, body = $2 where id = $3 and version = $4',
        [version + 1, text, 'lane', version],
      )
      if (rowCount !== 1) throw new Error('nobody else writes here')
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}
