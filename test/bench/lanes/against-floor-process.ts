import type { StoreKind } from '@conduct/lanes/engine'
import { measureKind } from './against-floor.ts'
import { openBenchServers } from './places.ts'

/** `node against-floor-process.ts KIND`: prints the rows of one store as JSON. */
await using servers = openBenchServers()
const kind = process.argv[2] as StoreKind
process.stdout.write(JSON.stringify(await measureKind(servers, kind)))
