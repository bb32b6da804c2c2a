import type { Client } from 'pg'
import { scanOf, watchNotices } from './notices.ts'
import { placeLocks, readPresent, type HeldLock } from './relations.ts'
import type { Measured } from './measured.ts'
import type { FactStatement } from './statements.ts'

const locksQuery = `select relation::int as relation, mode from pg_locks
  where pid = pg_backend_pid() and granted and relation is not null`

/**
 * Runs a statement in a transaction that is rolled back, and reads the locks which its own session holds at its end.
 *
 * @returns `alone` when the server refuses to run it in a transaction.
 */
export async function measureInTransaction(
  client: Client,
  { sql, setting = '', use }: FactStatement,
): Promise<Measured | 'alone'> {
  await client.query('begin')
  try {
    if (setting !== '') await client.query(setting)
    const before = await readPresent(client)
    using notices = watchNotices(client)
    await client.query('set local client_min_messages = debug2')
    await client.query(sql)
    await client.query('set local client_min_messages = warning')
    const held = await client.query<HeldLock>(locksQuery)
    const after = await readPresent(client)
    const rewritten = [...after.relations].some(
      ([oid, { file }]) => before.relations.has(oid) && before.relations.get(oid)?.file !== file,
    )
    const isUsable = use === undefined || (await isAccepted(client, use))
    return {
      locks: placeLocks(held.rows, { sql, before, references: after.references }),
      rewrites: rewritten,
      scan: scanOf(notices.texts, before),
      transactional: isUsable ? 'yes' : 'value_unusable',
    }
  } catch (error) {
    if (codeOf(error) === activeTransaction) return 'alone'
    throw error
  } finally {
    await client.query('rollback')
  }
}

async function isAccepted(client: Client, sql: string): Promise<boolean> {
  try {
    await client.query(sql)
    return true
  } catch (error) {
    if (codeOf(error) === unsafeNewEnumValue) return false
    throw error
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null
}

const activeTransaction = '25001'
const unsafeNewEnumValue = '55P04'
