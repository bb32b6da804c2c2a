import { Client } from 'pg'
import { expect } from 'vitest'

/** Somebody else on the same database, who looks at the sessions of conduct and stands in their way. */
export interface Rival extends AsyncDisposable {
  sql(text: string): Promise<readonly Record<string, unknown>[]>
  /** Hears what is notified on a channel. */
  listen(channel: string, heard: (text: string) => void): Promise<void>
  /** Process of the one session of conduct that waits for a lock, once there is one. */
  waitingForLock(): Promise<number>
  /** Processes of the sessions of conduct. */
  sessions(): Promise<readonly number[]>
}

const waitMsMax = 20_000

export async function openRival(url: string): Promise<Rival> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  const sql = async (text: string) => (await client.query<Record<string, unknown>>(text)).rows
  const find = async (where: string): Promise<readonly number[]> => {
    const rows = await sql(
      `select pid from pg_stat_activity where application_name = 'conduct' and datname = current_database() and ${where}`,
    )
    return rows.map((row) => Number(row['pid']))
  }
  return {
    sql,
    listen: async (channel, heard) => {
      client.on('notification', ({ payload }) => heard(payload ?? ''))
      await sql(`listen ${channel}`)
    },
    sessions: () => find('true'),
    waitingForLock: async () => {
      const found = await expect
        .poll(() => find("wait_event_type = 'Lock'"), { timeout: waitMsMax, interval: 5 })
        .toHaveLength(1)
        .then(() => find("wait_event_type = 'Lock'"))
      return found[0] ?? 0
    },
    [Symbol.asyncDispose]: async () => client.end(),
  }
}
