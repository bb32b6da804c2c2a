import type { Place, ReviewCode } from '@conduct/core'

export type Severity = 'info' | 'caution' | 'danger'

/** One consequence of a change to lanes.yaml. */
export interface ReviewFinding {
  readonly code: ReviewCode
  readonly severity: Severity
  /** One sentence without its full stop. */
  readonly message: string
  /** What to do before merging. */
  readonly hint: string
  /** Null: there was no file. */
  readonly before: Place | null
  readonly after: Place
  /** Facts that it rests on, and what could not be asked. */
  readonly details: readonly string[]
  readonly files: readonly TouchedFile[]
}

/** A file of the latest history that the change is about. */
export interface TouchedFile {
  readonly repo: string
  readonly path: string
  /** The pattern that matches it, of the revision that has it. */
  readonly rule: string
  /** Lanes that it needs in the other revision. */
  readonly otherLanes: readonly string[]
}
