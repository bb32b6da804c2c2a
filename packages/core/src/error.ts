import { type ErrorCode, errorCodes } from './codes.ts'
import type { ExitCode } from './exit.ts'

export interface ConductErrorOptions {
  /** What to do about it, one sentence. Defaults to the remedy of the code. */
  readonly hint?: string
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean
  /** True when something irreversible happened in this run before the failure. */
  readonly irreversibleDone?: boolean
  /** The command to type next, complete. */
  readonly next?: string
  readonly cause?: unknown
  /** Facts for `--json` readers; no secrets. */
  readonly details?: Readonly<Record<string, unknown>>
  /** Overrides the exit code of the code, where several fit (see the precedence in the CLI contract). */
  readonly exit?: ExitCode
}

/**
 * What failed while running. What a user can edit (lanes.yaml, flags) yields findings instead; what is
 * impossible is an assertion (`assertNever`, `invariant`).
 */
export class ConductError extends Error {
  override readonly name = 'ConductError'
  readonly code: ErrorCode
  readonly exit: ExitCode
  readonly hint: string
  readonly retryable: boolean
  readonly irreversibleDone: boolean
  readonly next: string | null
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: ConductErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    const known = errorCodes[code]
    this.code = code
    this.exit = options.exit ?? known.exit
    this.hint = options.hint ?? known.remedy
    this.retryable = options.retryable ?? known.retryable ?? false
    this.irreversibleDone = options.irreversibleDone ?? false
    this.next = options.next ?? null
    this.details = options.details ?? {}
  }
}

export function isConductError(error: unknown, code?: ErrorCode): error is ConductError {
  return error instanceof ConductError && (code === undefined || error.code === code)
}

/** For the `default` of an exhaustive switch: the compiler refuses it when a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}

/** States what must be true; if it is not, it is our bug (exit 70). */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`)
}
