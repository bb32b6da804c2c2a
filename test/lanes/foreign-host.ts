import {
  type Decision,
  ownProcess,
  type ProcessIdentity,
  type Store,
  type StoreTime,
} from '@conduct/lanes/engine'

/**
 * A store as a process on another host sees it: the same documents, decided under a clock with another beginning and
 * another boot. Real only where hosts stamp with their own clocks; a store's own clock is the same for all.
 */
export function onHost(store: Store, host: string): Store {
  if (store.timekeeping === 'store_clock') return store
  const there = (time: StoreTime): StoreTime => ({ ...time, ms: time.ms + offsetMs(host), era: host })
  const { register } = store
  return {
    ...store,
    register: {
      ...register,
      change: <Document, Result>(
        id: string,
        decide: (document: Document | null, now: StoreTime) => Decision<Document, Result>,
      ) => register.change<Document, Result>(id, (document, now) => decide(document, there(now))),
      now: async () => there(await register.now()),
    },
  }
}

/** This process, told as one of another host: nobody here can prove it dead. */
export function processOn(host: string): ProcessIdentity {
  return { ...ownProcess(), bootId: host, host }
}

/** Far enough apart that comparing the two clocks would grant or lapse at once. */
function offsetMs(host: string): number {
  return (host.length % 2 === 0 ? 1 : -1) * 5_000_000 * (1 + (host.charCodeAt(host.length - 1) % 5))
}
