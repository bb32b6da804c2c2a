import { Client } from 'pg'
import { contend, type Peer } from './peer.ts'

const key = 4711

/** `pg_advisory_lock` on a session: nothing is written, nobody sees who holds it, and it ends with the connection. */
export async function openAdvisoryLock(url: string): Promise<Peer> {
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: url })
    await client.connect()
    return client
  }
  const enter = async (client: Client) => {
    await client.query('select pg_advisory_lock($1)', [key])
    return () => client.query('select pg_advisory_unlock($1)', [key])
  }
  const own = await connect()
  return {
    label: 'bare advisory lock (nothing durable)',
    turn: async () => {
      const leave = await enter(own)
      await leave()
    },
    relay: (relay) =>
      contend(relay, async () => {
        const client = await connect()
        return { enter: () => enter(client), [Symbol.asyncDispose]: () => client.end() }
      }),
    [Symbol.asyncDispose]: () => own.end(),
  }
}
