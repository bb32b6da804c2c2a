import { pollMsLocal } from '../store.ts'
import type { Decision, Log, LogEntry, Register, Store, StoreTime, Stored, Timekeeping } from '../store.ts'
import { decodeStored, encodeStored } from '../stores/stored-text.ts'

/** What the handles of one store in memory share. Time is the test's. */
export interface MemoryPlace {
  readonly documents: Map<string, { readonly version: number; readonly text: string }>
  readonly logs: Map<string, Map<number, string>>
  readonly now: () => StoreTime
  /** Waits for a hint, or only for time to pass. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

export function makeMemoryPlace(clock: Pick<MemoryPlace, 'now' | 'sleep'>): MemoryPlace {
  return { documents: new Map(), logs: new Map(), ...clock }
}

/** A store whose clock a test owns; it conforms to the same suite. `changed` gives no hints: polling is enough. */
export function openMemoryStore(place: MemoryPlace, timekeeping: Timekeeping = 'store_clock'): Store {
  return {
    kind: 'sqlite',
    url: 'memory:',
    estate: null,
    timekeeping,
    pollMs: pollMsLocal,
    probe: async () => [],
    register: makeRegister(place),
    log: makeLog(place),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function makeRegister({ documents, logs, now, sleep }: MemoryPlace): Register {
  const load = (id: string) => {
    const found = documents.get(id)
    return found === undefined
      ? null
      : { document: decodeStored(found.text, `document ${id}`), version: found.version }
  }
  return {
    read: async <Document>(id: string): Promise<Stored<Document> | null> =>
      load(id) as Stored<Document> | null,
    change: async <Document, Result>(
      id: string,
      decide: (document: Document | null, now: StoreTime) => Decision<Document, Result>,
    ): Promise<Result> => {
      const before = load(id)
      const decision = decide((before?.document ?? null) as Document | null, now())
      const entries = decision.append ?? []
      if (entries.some((entry) => logs.get(entry.log)?.has(entry.seq) === true)) {
        throw new Error('a slot of the log is taken')
      }
      if (decision.write !== undefined) {
        documents.set(id, { version: (before?.version ?? 0) + 1, text: encodeStored(decision.write) })
      }
      for (const entry of entries) put(logs, entry)
      return decision.result
    },
    list: async (prefix) => [...documents.keys()].filter((id) => id.startsWith(prefix)).sort(),
    changed: async (id, { version, timeoutMs, signal }) => {
      signal?.throwIfAborted()
      if ((documents.get(id)?.version ?? 0) <= version) await sleep(timeoutMs, signal)
    },
    now: async () => now(),
  }
}

function makeLog({ logs }: MemoryPlace): Log {
  return {
    append: async (entry) => (put(logs, entry) ? 'appended' : 'taken'),
    read: async (log, { fromSeq = 1, limit } = {}) =>
      [...(logs.get(log) ?? [])]
        .filter(([seq]) => seq >= fromSeq)
        .sort(([one], [other]) => one - other)
        .slice(0, limit)
        .map(([seq, text]) => ({ log, seq, record: decodeStored(text, `record ${seq} of ${log}`) })),
    drop: async (log, beforeSeq) => {
      const slots = logs.get(log)
      for (const seq of slots?.keys() ?? []) if (seq < beforeSeq) slots?.delete(seq)
    },
    list: async (prefix) => [...logs.keys()].filter((log) => log.startsWith(prefix)).sort(),
  }
}

function put(logs: MemoryPlace['logs'], { log, seq, record }: LogEntry): boolean {
  const slots = logs.get(log) ?? new Map<number, string>()
  logs.set(log, slots)
  if (slots.has(seq)) return false
  slots.set(seq, encodeStored(record))
  return true
}
