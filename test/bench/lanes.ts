import type { StoreKind } from '@conduct/lanes/engine'
import { againstFloor } from './lanes/against-floor.ts'
import { againstPeers } from './lanes/against-peers.ts'
import { flatness } from './lanes/flatness.ts'
import { openBenchServers } from './lanes/places.ts'
import { tenThousand } from './lanes/ten-thousand.ts'
import { writeReadmeTable } from '../readme-tables.ts'
import { describeMachine } from './machine.ts'
import type { MeasureOptions } from './measure-options.ts'
import { type Table, toForm } from './table.ts'

const kinds: readonly StoreKind[] = ['sqlite', 'postgres', 's3', 'git']

/**
 * What a lane costs: over the floor of each store, against what a user would pick instead, and as lines, sets and
 * estates grow. Real servers, every write on disk.
 */
export async function measure({ form, isForReadme }: MeasureOptions): Promise<void> {
  await using servers = openBenchServers()
  const tables: Table[] = []
  const show = (table: Table): void => {
    tables.push(table)
    process.stdout.write(toForm(table, form))
  }
  show(await againstFloor(kinds))
  for (const table of await againstPeers(servers)) show(table)
  for (const kind of kinds) show(await flatness(servers, kind))
  show(await tenThousand(servers, ['sqlite', 'postgres']))
  if (isForReadme) {
    writeReadmeTable(
      'bench',
      `${describeMachine()}\n${tables.map((table) => toForm(table, 'markdown')).join('')}`,
    )
  }
}
