import type { FindingCode } from './codes.ts'

/** A place in a text file; lines and columns count from 1, the end is exclusive. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

export interface RelatedPlace extends Place {
  readonly message: string
}

/** Something a user can edit: always collected, all returned at once, never thrown one by one. */
export interface Finding extends Place {
  readonly code: FindingCode
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly hint: string
  readonly related: readonly RelatedPlace[]
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error')
}
