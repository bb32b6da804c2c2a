import { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { ConductError } from '@conduct/core'
import type { ClientConfig, Pool, PoolClient, QueryResult } from 'pg'
import type { PostgresAddress } from './postgres-address.ts'
import { PostgresFailure, translateFailure } from './postgres-errors.ts'

/** Calls of one handle that run at the same time; more wait for each other. */
const connectionsMax = 4

/** An unused connection is given back after so long. */
const idleMsMax = 10_000

/** Saying good-bye to a server that does not answer takes no longer. */
const closeMsMax = 500

/** One connection for a while. */
export interface Session {
  /** Several statements, separated by `;`, in one round trip; all answers, in their order. */
  batch(text: string): Promise<readonly QueryResult<Row>[]>
  /** One statement with parameters, in one round trip. */
  query(text: string, values: readonly unknown[]): Promise<QueryResult<Row>>
}

export type Row = Readonly<Record<string, unknown>>

export interface PostgresConnections {
  /** Lends a connection; the whole call is bounded, and what the server says is translated. */
  use<Result>(work: (session: Session) => Promise<Result>): Promise<Result>
  /** What a connection of its own is opened with. */
  readonly config: ClientConfig
  /** A text as a literal of SQL. */
  readonly quote: (text: string) => string
  close(): Promise<void>
}

/** @throws ConductError STORE_UNSUPPORTED  the client cannot be loaded */
export async function openConnections(
  address: PostgresAddress,
  callMsMax: number,
): Promise<PostgresConnections> {
  const { Pool } = await loadClient()
  const sockets = new Set<Socket>()
  const config: ClientConfig = {
    connectionString: address.connectionString,
    connectionTimeoutMillis: callMsMax,
    fallback_application_name: 'conduct',
    keepAlive: true,
    // Ours to destroy when the other side has stopped talking.
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      return socket.once('close', () => sockets.delete(socket))
    },
  }
  const pool = new Pool({
    ...config,
    max: connectionsMax,
    idleTimeoutMillis: idleMsMax,
    allowExitOnIdle: true,
  })
  // A connection that breaks fails the next call on it, which says so.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  let closing: Promise<void> | null = null
  return {
    config,
    quote,
    use: (work) => lend(pool, { address, callMsMax, work }),
    close: () => (closing ??= closePool(pool, sockets)),
  }
}

function quote(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

async function lend<Result>(
  pool: Pool,
  call: {
    readonly address: PostgresAddress
    readonly callMsMax: number
    readonly work: (session: Session) => Promise<Result>
  },
): Promise<Result> {
  const { address, callMsMax, work } = call
  const endMs = performance.now() + callMsMax
  let client: PoolClient
  try {
    client = await pool.connect()
  } catch (error) {
    throw translateFailure(new PostgresFailure(error), { address, lateAfterMs: null })
  }
  let lateAfterMs: number | null = null
  const patience = setTimeout(() => {
    lateAfterMs = callMsMax
    client.connection.stream.destroy()
  }, endMs - performance.now())
  let isClean = true
  try {
    return await work(sessionOf(client))
  } catch (error) {
    isClean = await undo(client)
    throw error instanceof PostgresFailure ? translateFailure(error, { address, lateAfterMs }) : error
  } finally {
    clearTimeout(patience)
    client.release(!isClean)
  }
}

function sessionOf(client: PoolClient): Session {
  const fail = (error: unknown): never => {
    throw new PostgresFailure(error)
  }
  const list = (answer: unknown): readonly QueryResult<Row>[] =>
    (Array.isArray(answer) ? answer : [answer]) as QueryResult<Row>[]
  return {
    batch: (text) => client.query<Row>(text).then(list, fail),
    query: (text, values) => client.query<Row>(text, [...values]).catch(fail),
  }
}

/** Ends what may be open. False: the connection is of no more use. */
async function undo(client: PoolClient): Promise<boolean> {
  try {
    await client.query('rollback')
    return true
  } catch {
    return false
  }
}

async function closePool(pool: Pool, sockets: ReadonlySet<Socket>): Promise<void> {
  const waited = new AbortController()
  const late = delay(closeMsMax, undefined, { signal: waited.signal }).catch(() => undefined)
  await Promise.race([pool.end(), late])
  waited.abort()
  for (const socket of sockets) socket.destroy()
}

async function loadClient() {
  try {
    return await import('pg')
  } catch (cause) {
    throw new ConductError(
      'STORE_UNSUPPORTED',
      'The client for Postgres, the package pg, cannot be loaded.',
      {
        hint: 'Install it beside conduct (npm install pg@8), or name another store in lanes.yaml.',
        cause,
      },
    )
  }
}
