import type { Store } from '../../store.ts'

/**
 * What every store must do, shown through two handles on the same place. Each scenario gets a fresh place.
 *
 * Left to tests of their own: what only one kind of store has (file modes, probes, foreign errors).
 */
export interface StoreScenario {
  readonly name: string
  /** `a` and `b` are of one estate, `other` is of another one in the same place. */
  readonly run: (handles: { readonly a: Store; readonly b: Store; readonly other: Store }) => Promise<void>
}

export interface Counter {
  readonly format: 1
  readonly count: number
  readonly note?: string
}

export function increment(handle: Store): Promise<number> {
  return handle.register.change<Counter, number>('lane/x', (document) => {
    const count = (document?.count ?? 0) + 1
    return { write: { format: 1, count }, result: count }
  })
}
