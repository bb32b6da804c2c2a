import { openLanes, openStore, systemClock } from '@conduct/lanes/engine'
import { shortLease } from './lease-terms.ts'

/** Asks once for a lane in the default place of an estate. */
const estate = JSON.parse(process.argv[2] ?? '') as string
await using store = await openStore('sqlite', { estate })
const lane = openLanes({
  store,
  estate,
  definitions: new Map([['lane', { ...shortLease, ttlMs: 600_000 }]]),
  identity: { holder: `test:${process.cwd()}`, person: null },
  clock: systemClock,
}).lane('lane')
const { outcome } = await lane.acquire({ resources: ['x'], attended: false, waitMsMax: 0 })
process.send?.(outcome)
