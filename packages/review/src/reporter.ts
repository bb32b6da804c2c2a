import { type ReviewCode, reviewCodes } from '@conduct/core'
import type { ReviewFinding, Severity, TouchedFile } from './finding.ts'
import type { Revision } from './revision.ts'

export type ConfigPath = readonly (string | number)[]

export interface Consequence {
  readonly severity: Severity
  readonly message: string
  /** The value in the revision after; where it is gone, the place that lacks it is shown. */
  readonly at: ConfigPath
  /** The same value before, where it is reached by another path. */
  readonly atBefore?: ConfigPath
  /** False: what stands below is still to be explained. */
  readonly explains?: boolean
  readonly details?: readonly string[]
  readonly files?: readonly TouchedFile[]
}

/** Collects consequences, and remembers which values they explain. */
export interface Reporter {
  report(code: ReviewCode, consequence: Consequence): void
  /** Marks a value whose change has no consequence of its own. */
  explain(at: ConfigPath): void
  isExplained(at: ConfigPath): boolean
  /** The gravest first, then by place. */
  findings(): readonly ReviewFinding[]
}

export function makeReporter(before: Revision | null, after: Revision): Reporter {
  const findings: ReviewFinding[] = []
  const explained: ConfigPath[] = []
  return {
    report(code, { severity, message, at, atBefore = at, ...more }) {
      if (more.explains !== false) explained.push(at, atBefore)
      findings.push({
        code,
        severity,
        message,
        hint: reviewCodes[code].remedy,
        before: before?.locate(atBefore) ?? null,
        after: after.locate(at),
        details: more.details ?? [],
        files: more.files ?? [],
      })
    },
    explain: (at) => explained.push(at),
    isExplained: (at) => explained.some((known) => isWithin(at, known)),
    findings: () =>
      findings.toSorted(
        (one, other) =>
          gravity.indexOf(one.severity) - gravity.indexOf(other.severity) ||
          one.after.line - other.after.line ||
          one.after.column - other.after.column,
      ),
  }
}

const gravity: readonly Severity[] = ['danger', 'caution', 'info']

function isWithin(at: ConfigPath, known: ConfigPath): boolean {
  return known.length <= at.length && known.every((part, index) => part === at[index])
}
