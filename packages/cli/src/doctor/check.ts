import type { ConductError } from '@conduct/core'

/** One thing that was looked at. */
export interface DoctorCheck {
  readonly check: string
  readonly verdict: 'ok' | 'failed' | 'unknown'
  /** What was found, one sentence. */
  readonly detail: string
  /** What to do about it; null where there is nothing to do. */
  readonly remedy: string | null
}

/** What one part of the doctor found out. A part is a function that gives this; `commands/doctor.ts` lists them. */
export interface DoctorSection {
  readonly section: string
  /** For people: what was looked at, as in an address. */
  readonly about: string
  readonly checks: readonly DoctorCheck[]
  /** Why the rest could not be looked at; its exit code becomes that of the command. */
  readonly error?: ConductError
}

/** A failure that ends a section, as one of its checks. */
export function failedCheck(check: string, error: ConductError): DoctorCheck {
  return { check, verdict: 'failed', detail: error.message, remedy: error.hint }
}
