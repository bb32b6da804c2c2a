import type { ReviewFinding, Severity } from '@conduct/review'

/** A reviewed change to lanes.yaml. */
export interface ReviewReport {
  /** What was compared, for people: `main`, `old.yaml`. */
  readonly before: string
  readonly after: string
  readonly findings: readonly ReviewFinding[]
}

export const severities: readonly Severity[] = ['danger', 'caution', 'info']

/** `1 danger, 2 cautions and 1 note`. */
export function headlineOfReview({ findings }: ReviewReport): string {
  const parts = severities.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return count === 0 ? [] : [`${count} ${nouns[severity]}${count === 1 ? '' : 's'}`]
  })
  if (parts.length === 0) return 'Nothing that lanes.yaml puts in force changes'
  return parts.length === 1 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

const nouns = { danger: 'danger', caution: 'caution', info: 'note' } as const satisfies Record<
  Severity,
  string
>
