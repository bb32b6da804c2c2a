import { closeServers, openPlace } from '../lanes/places.ts'
import { laneOf } from '../lanes/lane-of.ts'
import { shortLease } from '../lanes/lease-terms.ts'
const kind = (process.argv[2] ?? 's3') as 's3'
let t = performance.now()
const lap = (what: string) => {
  const n = performance.now()
  console.log(what, Math.round(n - t))
  t = n
}
const place = await openPlace(kind)
lap('server')
const store = await place.open()
lap('open')
const lane = laneOf(store, { ...shortLease, ttlMs: 60000, renewMs: 10000 })
for (let i = 0; i < 5; i++) {
  const r = await lane.acquire({ resources: ['a'], attended: true, waitMsMax: 0 })
  lap('acquire')
  if (r.outcome === 'granted') await r.lease.release()
  lap('release')
  await lane.inspect()
  lap('inspect')
}
const again = await place.open()
lap('open again')
await again.register.read('lane/lane')
lap('read')
await lane.history()
lap('history')
await lane.verifyHistory()
lap('verify')
await store[Symbol.asyncDispose]()
await again[Symbol.asyncDispose]()
await closeServers()
