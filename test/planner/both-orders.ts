import { catalogQuery } from '@conduct/conductor'
import { Client } from 'pg'

/** What a database makes of it: the catalog that is reached, or the server's refusal. */
export type Reached = { readonly catalog: string } | { readonly refused: string }

/** One connection to a database that is left as it was: all that runs is rolled back. */
export interface Trials extends AsyncDisposable {
  readonly runAlone: (sql: string) => Promise<Reached>
  /** Each of `seconds` after `first`, which runs once for all of them. */
  readonly runAfter: (first: string, seconds: readonly string[]) => Promise<readonly Reached[]>
}

export async function openTrials(url: string, baseSchema: string): Promise<Trials> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(baseSchema)
  return {
    runAlone: async (sql) => {
      await client.query('begin')
      const reached = await reach(client, sql)
      await client.query('rollback')
      return reached
    },
    runAfter: async (first, seconds) => {
      await client.query('begin')
      const alone = await reach(client, first)
      const all: Reached[] = []
      if ('catalog' in alone) await client.query('savepoint changed')
      for (const second of seconds) {
        all.push('refused' in alone ? alone : await reach(client, second))
        if ('catalog' in alone) await client.query('rollback to savepoint changed')
      }
      await client.query('rollback')
      return all
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}

async function reach(client: Client, sql: string): Promise<Reached> {
  try {
    await client.query(sql)
    const { rows } = await client.query<{ fact: string }>({ name: 'catalog', text: catalogQuery })
    return { catalog: rows.map((row) => row.fact).join('\n') }
  } catch (error) {
    if (error instanceof Error && 'severity' in error) return { refused: error.message }
    throw error
  }
}
