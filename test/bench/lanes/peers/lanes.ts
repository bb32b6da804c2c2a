import { acquire, openBenchLanes, turn } from '../lane.ts'
import type { BenchPlace } from '../places.ts'
import { contend, type Peer } from './peer.ts'

const resources = ['engine']
const waitMsMax = 600_000

/** Ours: attended leases as `conduct run` and `conduct exec` take them. */
export async function openLanesPeer(place: BenchPlace): Promise<Peer> {
  const store = await place.open()
  const [lane] = openBenchLanes(store, 1)
  return {
    label: `conduct lane (${place.kind})`,
    turn: () => turn(lane, { resources, attended: true }),
    relay: (relay) =>
      contend(relay, async (index) => {
        const own = await place.open()
        const [line] = openBenchLanes(own, 1, `bench:contender${index}`)
        return {
          enter: async () => {
            const lease = await acquire(line, { resources, attended: true, waitMsMax })
            return () => lease.release()
          },
          [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
        }
      }),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}
