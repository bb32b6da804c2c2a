import { randomBytes } from 'node:crypto'
import { ConductError } from '@conduct/core'
import type { Client } from 'pg'
import { catalogQuery } from './catalog.ts'
import { connectPostgres } from './connect-postgres.ts'

/**
 * Databases that are made for one comparison on a real Postgres, and dropped after it. No other database is looked at.
 *
 * Errors of every call: SCRATCH_UNREACHABLE (30), SCRATCH_REFUSED (2) when the user may not make a database.
 */
export interface ScratchServer extends AsyncDisposable {
  createDatabase(): Promise<ScratchDatabase>
}

export interface ScratchDatabase {
  /** With its password: for the command of an app, never for output. */
  readonly url: string
  /** Each in a transaction of its own, a text of several statements in one. @returns what the server refused. */
  run(statements: readonly string[]): Promise<string | null>
  /** What the catalog and the rows of its tables say, one text per fact, in an order of its own. */
  facts(): Promise<readonly string[]>
}

export async function openScratchServer(address: string): Promise<ScratchServer> {
  const admin = await connect(address)
  const open: { readonly name: string; readonly client: Client }[] = []
  return {
    createDatabase: async () => {
      const name = `conduct_scratch_${randomBytes(6).toString('hex')}`
      const refused = await ask(admin, `create database ${name}`)
      if (refused !== null) throw new ConductError('SCRATCH_REFUSED', `no scratch database: ${refused}`)
      const url = withDatabase(address, name)
      const client = await connect(url)
      open.push({ name, client })
      return {
        url,
        run: async (statements) => {
          for (const statement of statements) {
            const problem = await ask(client, statement)
            if (problem !== null) return problem
          }
          return null
        },
        facts: async () => {
          const { rows } = await client.query<{ fact: string }>(catalogQuery)
          return rows.map((row) => row.fact)
        },
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const { name, client } of open) {
        await client.end()
        // What a command of the app left connected goes with it.
        await ask(admin, `drop database if exists ${name} with (force)`)
      }
      await admin.end()
    },
  }
}

/** @returns what the server says against it; null when it did it. */
async function ask(client: Client, text: string): Promise<string | null> {
  try {
    await client.query(text)
    return null
  } catch (error) {
    if (error instanceof Error && 'severity' in error) return error.message
    throw unreachable(error)
  }
}

const connect = (url: string): Promise<Client> =>
  connectPostgres(url, { name: 'conduct batch verify', unreachable })

function unreachable(cause: unknown): ConductError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new ConductError('SCRATCH_UNREACHABLE', `the scratch Postgres did not answer: ${why}`, { cause })
}

function withDatabase(address: string, name: string): string {
  const url = new URL(address)
  url.pathname = `/${name}`
  return url.href
}
