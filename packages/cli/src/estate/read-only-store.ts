import type { Store } from '@conduct/lanes/engine'

/** A store without the ability to write: what a dry run works on. Whoever writes all the same has a bug. */
export function readOnlyStore(store: Store): Store {
  const refuse = (what: string): never => {
    throw new Error(`invariant broken: a dry run wanted to write: ${what}`)
  }
  return {
    kind: store.kind,
    url: store.url,
    estate: store.estate,
    timekeeping: store.timekeeping,
    pollMs: store.pollMs,
    probe: () => store.probe(),
    register: {
      read: (id) => store.register.read(id),
      change: (id) => refuse(id),
      list: (prefix) => store.register.list(prefix),
      changed: (id, options) => store.register.changed(id, options),
      now: () => store.register.now(),
    },
    log: {
      append: (entry) => refuse(entry.log),
      read: (log, options) => store.log.read(log, options),
      list: (prefix) => store.log.list(prefix),
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}
