import type { StoreProbe } from '../store.ts'
import type { PostgresConnections } from './postgres-connections.ts'
import type { Transactions } from './postgres-transaction.ts'

export async function probePostgres(_place: {
  readonly connections: PostgresConnections
  readonly transactions: Transactions
  readonly hasHints: boolean
}): Promise<readonly StoreProbe[]> {
  return []
}
