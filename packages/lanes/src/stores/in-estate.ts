import type { Decision, Log, Register, StoreTime } from '../store.ts'

/** A register and a log in which every name begins with the estate's: another estate's are not even listed. */
export function inEstate(
  estate: string | null,
  { register, log }: { readonly register: Register; readonly log: Log },
): { readonly register: Register; readonly log: Log } {
  if (estate === null) return { register, log }
  const start = `${estate}/`
  const without = (names: readonly string[]) => names.map((name) => name.slice(start.length))
  return {
    register: {
      read: (id) => register.read(start + id),
      change: <Document, Result>(
        id: string,
        decide: (document: Document | null, now: StoreTime) => Decision<Document, Result>,
      ) =>
        register.change<Document, Result>(start + id, (document, now) => {
          const decision = decide(document, now)
          if (decision.append === undefined) return decision
          const append = decision.append.map((entry) => ({ ...entry, log: start + entry.log }))
          return { ...decision, append }
        }),
      list: async (prefix) => without(await register.list(start + prefix)),
      changed: (id, options) => register.changed(start + id, options),
      now: () => register.now(),
    },
    log: {
      append: (entry) => log.append({ ...entry, log: start + entry.log }),
      read: async (name, options) =>
        (await log.read(start + name, options)).map((entry) => ({ ...entry, log: name })),
      ...(log.drop === undefined
        ? {}
        : {
            drop: (name: string, beforeSeq: number) =>
              log.drop?.(start + name, beforeSeq) ?? Promise.resolve(),
          }),
      list: async (prefix) => without(await log.list(start + prefix)),
    },
  }
}
