import { ConductError } from '@conduct/core'
import type { Client } from 'pg'

const connectMsMax = 10_000
const statementMsMax = 120_000

/** A session with limits; whoever asks for it ends it. */
export async function connectPostgres(
  address: string,
  { name, unreachable }: { readonly name: string; readonly unreachable: (cause: unknown) => ConductError },
): Promise<Client> {
  const { default: pg } = await loadClient()
  const client = new pg.Client({
    connectionString: address,
    connectionTimeoutMillis: connectMsMax,
    query_timeout: statementMsMax,
    application_name: name,
  })
  // A connection that ends by itself fails the next question, which says so.
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    throw unreachable(error)
  }
  return client
}

async function loadClient() {
  try {
    return await import('pg')
  } catch (cause) {
    throw new ConductError(
      'STORE_UNSUPPORTED',
      'The client for Postgres, the package pg, cannot be loaded.',
      {
        hint: 'Install it beside conduct: npm install pg@8',
        cause,
      },
    )
  }
}
