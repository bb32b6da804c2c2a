import type { Store } from '@conduct/lanes/engine'

export interface StoreCounter {
  readonly over: (store: Store) => Store
  /** How often each was called since the start, or since the last `clear`. */
  readonly read: () => Readonly<Record<string, number>>
  readonly clear: () => void
}

/** Counts what is asked of a store: on most of them each is a round trip, and on a disk a write to be waited for. */
export function countStore(): StoreCounter {
  const counts = new Map<string, number>()
  const counted = <Part extends object>(part: Part, name: string): Part =>
    new Proxy(part, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key)
        if (typeof value !== 'function') return value
        return (...given: unknown[]): unknown => {
          const called = `${name}.${String(key)}`
          counts.set(called, (counts.get(called) ?? 0) + 1)
          return Reflect.apply(value, target, given)
        }
      },
    })
  return {
    over: (store) => {
      const parts = { register: counted(store.register, 'register'), log: counted(store.log, 'log') }
      return new Proxy(store, {
        get: (target, key) => (key === 'register' || key === 'log' ? parts[key] : Reflect.get(target, key)),
      })
    },
    read: () => Object.fromEntries([...counts].toSorted(([one], [other]) => one.localeCompare(other))),
    clear: () => counts.clear(),
  }
}
