import type { Decision, LaneDocument, Store, StoreTime } from '@conduct/lanes/engine'
import type { Break } from './order.ts'

/** The store of an engine with that bug. The verdict of a soak must name what comes of it. */
export function broken(store: Store, options: { readonly breaks: Break; readonly holder: string }): Store {
  const { register } = store
  return {
    ...store,
    register: {
      ...register,
      change: <Document, Result>(
        id: string,
        decide: (document: Document | null, now: StoreTime) => Decision<Document, Result>,
      ) =>
        register.change<Document, Result>(id, (document, now) => {
          const lane = document as unknown as LaneDocument | null
          if (lane === null || !Array.isArray(lane.holders)) return decide(document, now)
          const others = lane.holders.filter(({ holder }) => holder !== options.holder)
          const mine = lane.holders.filter(({ holder }) => holder === options.holder)
          const decision = decide({ ...lane, holders: mine } as unknown as Document, now)
          if (decision.write === undefined) return decision
          const next = decision.write as unknown as LaneDocument
          return {
            ...decision,
            write: { ...next, holders: [...others, ...next.holders] } as unknown as Document,
          }
        }),
    },
  }
}
