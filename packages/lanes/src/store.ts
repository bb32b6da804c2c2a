import type { Json } from '@conduct/core'

/**
 * What a store offers, and nothing else: a register of small versioned documents and an append-only log with
 * create-if-absent slots. A store knows no lane rules; the lane core knows no store.
 *
 * Errors of every call: STORE_UNREACHABLE (30) when the outcome is unknown or nothing was reached; STORE_NEWER (2)
 * when what is stored has a `format` this conduct does not know. A change may fail with STORE_BEHIND (2), see
 * `Decision.isRestart`; reads never do.
 */
export interface Store extends AsyncDisposable {
  readonly kind: StoreKind
  /** The address it was opened from; with `estate`, a worker can open it again from this text. */
  readonly url: string
  /** Everything of one estate lies apart from every other in the same place; null: no estate was named. */
  readonly estate: string | null
  readonly timekeeping: Timekeeping
  /** A waiter looks at least this often (or twice per renewal), whatever hints it gets; what a look costs decides. */
  readonly pollMs: number
  readonly register: Register
  readonly log: Log
  /** Looks at what one-at-a-time rests on here: for `conduct doctor`. Writes nothing but probe records. */
  probe(): Promise<readonly StoreProbe[]>
}

/** Where a look costs next to nothing. */
export const pollMsLocal = 1000

export type StoreKind = 'sqlite' | 'postgres' | 's3' | 'git'

/**
 * - `store_clock`: the times of one era compare, whoever wrote them;
 * - `host_observation`: each host stamps with its own clock. Times of another host are beats: what counts is for how
 *   long one stood unchanged before this host's clock, added up over its processes within one boot;
 * - `process_observation`: the same, seen by one process that keeps watching.
 */
export type Timekeeping = 'store_clock' | 'host_observation' | 'process_observation'

export interface StoreProbe {
  /** Name of what was looked at: `conditional_write`, `clock`, `round_trip`, `durability`, … */
  readonly check: string
  readonly verdict: 'ok' | 'failed' | 'unknown'
  /** What was found, one sentence for people. */
  readonly detail: string
  /** What to do about it; null when there is nothing to do. */
  readonly remedy: string | null
}

/**
 * The time a decision is made at. `ms` only compares with times of the same `era`: for SQLite and for stores that are
 * observed, the host's monotonic clock in one boot. `wallMs` is for people and decides nothing.
 */
export interface StoreTime {
  readonly ms: number
  readonly era: string
  readonly wallMs: number
}

export interface Stored<Document> {
  readonly document: Document
  /** Rises with every write of this document; the store's own count, kept beside the document. */
  readonly version: number
}

/** What a pure decision wants done, in one atomic change. */
export interface Decision<Document, Result> {
  /** The next document; absent: nothing is written. */
  readonly write?: Document
  /**
   * Records that become visible together with the document. Their logs are named after it: `id` itself or
   * `id/<one segment>`, so that a store may let them ride in the document until they are copied.
   */
  readonly append?: readonly LogEntry[]
  /**
   * The lane begins again after its store went back (`conduct lane recover`): where records that ride in the replaced
   * document find their slots taken by other records, those of the log stay and the write goes on. Every other change
   * that meets such a slot fails with STORE_BEHIND.
   */
  readonly isRestart?: boolean
  /** Nobody is known to wait for it: a store may save itself the hint, and who watches anyway looks a little later. */
  readonly isUnwatched?: boolean
  readonly result: Result
}

export interface Register {
  read<Document>(id: string): Promise<Stored<Document> | null>
  /** `decide` must be pure: it may run several times. Null: no such document yet. */
  change<Document, Result>(
    id: string,
    decide: (document: Document | null, now: StoreTime) => Decision<Document, Result>,
  ): Promise<Result>
  /** Ids that start with `prefix`, sorted. */
  list(prefix: string): Promise<readonly string[]>
  /** Resolves when the document may have changed since `version`, at the latest after `timeoutMs`. Only a hint. */
  changed(id: string, options: { version: number; timeoutMs: number; signal?: AbortSignal }): Promise<void>
  now(): Promise<StoreTime>
}

export interface LogEntry {
  readonly log: string
  /** From 1, without gaps. */
  readonly seq: number
  readonly record: Json
  /** The JSON of `record`, where who appends has it: it need not be made twice. Never in what is read. */
  readonly text?: string
}

export interface Log {
  /** Create-if-absent: `taken` when the slot holds a record already (also an identical one). */
  append(entry: LogEntry): Promise<'appended' | 'taken'>
  /** Records from `fromSeq` (default 1) on, in order. One that rides in a document counts where its slot is empty. */
  read(log: string, options?: { fromSeq?: number; limit?: number }): Promise<readonly LogEntry[]>
  /** Removes the records before that one. Absent in a store that keeps everything. */
  drop?(log: string, beforeSeq: number): Promise<void>
  /** Logs whose name starts with `prefix`, sorted. */
  list(prefix: string): Promise<readonly string[]>
}
