/**
 * Clock port. Time comes from here, so that tests can own it.
 *
 * `monotonicMs` never goes back and stands still while the machine sleeps; `bootMs` goes on while it sleeps;
 * `wallMs` is what people read and decides nothing.
 */
export interface Clock {
  readonly wallMs: () => number
  readonly monotonicMs: () => number
  readonly bootMs: () => number
  /** Resolves after `ms`, or rejects with the signal's reason when it aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Calls `run` after `ms`; what is given back prevents that. Cheap when it nearly never comes to it. */
  readonly after: (ms: number, run: () => void) => () => void
}

/** RFC 3339 UTC with milliseconds, the one form of a time in documents and JSON. */
export function toTimestamp(wallMs: number): string {
  return new Date(wallMs).toISOString()
}
