import type { StoreKind } from '@conduct/lanes/engine'
import { againstFloor } from './lanes/against-floor.ts'
import { againstPeers } from './lanes/against-peers.ts'
import { flatness } from './lanes/flatness.ts'
import { openBenchServers } from './lanes/places.ts'
import { tenThousand } from './lanes/ten-thousand.ts'
import { type Form, printTable } from './table.ts'

const kinds: readonly StoreKind[] = ['sqlite', 'postgres', 's3', 'git']

/**
 * What a lane costs: over the floor of each store, against what a user would pick instead, and as lines, sets and
 * estates grow. Real servers, every write on disk.
 */
export async function measure({ form }: { readonly form: Form }): Promise<void> {
  await using servers = openBenchServers()
  printTable(await againstFloor(servers, kinds), form)
  for (const table of await againstPeers(servers)) printTable(table, form)
  for (const kind of kinds) printTable(await flatness(servers, kind), form)
  printTable(await tenThousand(servers, ['sqlite', 'postgres']), form)
}
