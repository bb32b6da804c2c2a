import type { ConductError } from '@conduct/core'

/** One thing that was looked at. */
export interface DoctorCheck {
  readonly check: string
  readonly verdict: 'ok' | 'failed' | 'unknown'
  /** What was found, one sentence. */
  readonly detail: string
  /** What to do about it; null where there is nothing to do. Its second line, where it has one, is a command. */
  readonly remedy: string | null
  /** Of a failed one: nothing answered, so that asking again later may help. */
  readonly unreachable?: ConductError
}

/** What one part of the doctor found out. */
export interface DoctorSection {
  readonly section: string
  /** For people: what was looked at, as in an address. */
  readonly about: string
  readonly checks: readonly DoctorCheck[]
  /** Why the rest could not be looked at; its exit code becomes that of the command. */
  readonly error?: ConductError
}

/** What there was no reason to look at: it counts neither as ok nor as unknown. */
export interface NotApplicable {
  readonly section: string
  readonly because: string
}

/** A failure that ends a section, as one of its checks. */
export function failedCheck(check: string, error: ConductError): DoctorCheck {
  return { check, verdict: 'failed', detail: sentence(error.message), remedy: error.hint }
}

/** The same where asking again may help. */
export function unreachableCheck(check: string, error: ConductError): DoctorCheck {
  return { ...failedCheck(check, error), unreachable: error }
}

export function okCheck(check: string, detail: string, remedy: string | null = null): DoctorCheck {
  return { check, verdict: 'ok', detail, remedy }
}

function sentence(text: string): string {
  // An address stays as it is.
  const isWord = /^[a-z]+[ :,]/.test(text) && !/^[a-z]+:\/\//.test(text)
  const first = isWord ? text.slice(0, 1).toUpperCase() + text.slice(1) : text
  return /[.!?]$/.test(first) ? first : `${first}.`
}
