import type { ExitCode } from './exit.ts'

/** One row of a code table: `conduct explain <CODE>` prints it. */
export interface CodeEntry {
  /** What it means, one sentence. */
  readonly meaning: string
  /** What to do, one sentence; the default hint of an error. */
  readonly remedy: string
  readonly exit: ExitCode
  readonly retryable?: boolean
}
