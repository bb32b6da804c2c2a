/** What a change to lanes.yaml means, as SARIF for code review: at the lines of the revision after, and those before beside them. */
import { type Place, reviewCodes } from '@conduct/core'
import type { ReviewFinding, Severity } from '@conduct/review'
import { type SarifLevel, type SarifRegion, toSarif } from '../sarif.ts'
import type { ReviewReport } from './review-report.ts'

export function reviewToSarif(
  { findings }: ReviewReport,
  { version }: { readonly version: string },
): Readonly<Record<string, unknown>> {
  const codes = [...new Set(findings.map(({ code }) => code))].sort()
  return toSarif({
    version,
    id: 'conduct/review/',
    rules: codes.map((code) => ({ id: `review/${code}`, text: reviewCodes[code].meaning, level: 'warning' })),
    results: findings.map((finding) => ({
      rule: `review/${finding.code}`,
      level: levels[finding.severity],
      message: messageOf(finding),
      place: regionOf(finding.after),
      related: finding.before === null ? [] : [{ place: regionOf(finding.before), message: 'before' }],
    })),
  })
}

const levels = { danger: 'error', caution: 'warning', info: 'note' } as const satisfies Record<
  Severity,
  SarifLevel
>

function messageOf({ message, details, files }: ReviewFinding): string {
  const touched = files.map(({ repo, path }) => `${repo}: ${path}`)
  return [`${message}.`, ...details.map((detail) => `${detail}.`), ...touched].join('\n')
}

function regionOf({ file, line, column, endLine, endColumn }: Place): SarifRegion {
  return { file, line, span: { column, endLine, endColumn } }
}
