import type { StoreTime } from '../store.ts'
import type { Row } from './postgres-connections.ts'

/**
 * Time is the server's wall clock, read by `clock_timestamp()`; `now()` stands still at the start of a transaction,
 * which may have waited long for its row since.
 *
 * Times compare within one era. It names the timeline of the database, so that nothing is concluded across a failover
 * from two clocks that may differ, and a word that is drawn anew when somebody sees that the clock was set.
 */
export interface ServerClock {
  /** A question of its own; `conduct.lock_document` answers with the same columns. */
  readonly text: string
  /** False for a service that does not tell which timeline this is. */
  readonly hasTimeline: boolean
  read(row: Row | undefined): StoreTime
}

export const serverMs = '(extract(epoch from clock_timestamp()) * 1000)::double precision'
export const serverTimeline = 'substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)'
export const noTimeline = "'-'"

/** `plain`: for a service that does not tell which timeline this is. */
export function clockQuery(kind: 'any' | 'plain'): ServerClock {
  return {
    text:
      `select ${serverMs} as ms, schema_version, clock_era, ` +
      `${kind === 'plain' ? noTimeline : serverTimeline} as timeline from conduct.meta`,
    hasTimeline: kind === 'any',
    read: (row) => {
      const ms = Number(row?.['ms'])
      return { ms, era: `postgres:${String(row?.['clock_era'])}.${String(row?.['timeline'])}`, wallMs: ms }
    },
  }
}

/** What two looks at the server's clock may differ from ours, beside the share of the time between them. */
const slackMs = 1000
/** Margins are at least this share of a lease: see `margin` in lanes.yaml. */
const driftMax = 0.05

/** Compares the server's clock with our monotonic one from look to look. */
export interface StepWatch {
  /** True: the server's clock was set since the last look, and no new era says so yet. */
  isSet(time: StoreTime, look: { readonly sentMs: number; readonly receivedMs: number }): boolean
}

export function watchSteps(): StepWatch {
  let last: {
    readonly era: string
    readonly lowMs: number
    readonly highMs: number
    readonly atMs: number
  } | null = null
  return {
    isSet: ({ ms, era }, { sentMs, receivedMs }) => {
      // The clock was read at some moment in between.
      const found = { era, lowMs: ms - receivedMs, highMs: ms - sentMs, atMs: receivedMs }
      const before = last
      last = found
      if (before === null || before.era !== era) return false
      const toleranceMs = slackMs + (receivedMs - before.atMs) * driftMax
      return found.lowMs > before.highMs + toleranceMs || found.highMs < before.lowMs - toleranceMs
    },
  }
}
