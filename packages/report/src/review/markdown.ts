/** What a change to lanes.yaml means, as a comment on its pull request: the gravest first, files folded away. */
import type { ReviewFinding, Severity } from '@conduct/review'
import { codeSpan, escapeMarkdown, folded, table } from '../markdown.ts'
import { headlineOfReview, type ReviewReport, severities } from './review-report.ts'

/**
 * @param options.lengthMax what would be longer says less: fewer files and details first, then fewer of the lesser
 *   consequences, with how many are missing.
 */
export function renderReviewMarkdown(
  report: ReviewReport,
  { lengthMax = Infinity }: { readonly lengthMax?: number } = {},
): string {
  const whole = report.findings.length
  for (const linesMax of [linesOfEachMax, 5, 0]) {
    const text = render(report, { shown: whole, linesMax })
    if (text.length <= lengthMax) return text
  }
  let [fits, tooMany] = [0, whole]
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2)
    if (render(report, { shown: middle, linesMax: 0 }).length <= lengthMax) fits = middle
    else tooMany = middle
  }
  return render(report, { shown: fits, linesMax: 0 })
}

/** So many files and details of each are listed; a comment has a limit. */
const linesOfEachMax = 50

interface Extent {
  /** So many of the findings, the gravest first. */
  readonly shown: number
  readonly linesMax: number
}

function render(report: ReviewReport, { shown, linesMax }: Extent): string {
  const ordered = severities.flatMap((severity) =>
    report.findings.filter((finding) => finding.severity === severity),
  )
  const findings = ordered.slice(0, shown)
  const missing = ordered.length - findings.length
  const blocks = [
    '## What this change to lanes.yaml means',
    `**${headlineOfReview(report)}** (${codeSpan(report.before)} → ${codeSpan(report.after)})`,
    ...(findings.every(({ severity }) => severity !== 'danger')
      ? []
      : [
          '> [!CAUTION]\n> What stands under danger takes away something that kept people apart, or that proved something. Whoever merges it decides.',
        ]),
    ...severities.flatMap((severity) => section(severity, findings, linesMax)),
    ...(missing === 0
      ? []
      : [`**${missing} more** have no room here: ${codeSpan('conduct review')} shows them all.`]),
  ]
  return `${blocks.join('\n\n')}\n`
}

const titles = {
  danger: '🛑 Danger',
  caution: '⚠️ Caution',
  info: 'ℹ️ Good to know',
} as const satisfies Record<Severity, string>

function section(
  severity: Severity,
  findings: readonly ReviewFinding[],
  linesMax: number,
): readonly string[] {
  const own = findings.filter((finding) => finding.severity === severity)
  if (own.length === 0) return []
  const body = own.map((finding) => item(finding, linesMax))
  return severity === 'info'
    ? folded(`${titles.info} (${own.length})`, body)
    : [`### ${titles[severity]}`, ...body]
}

function item(finding: ReviewFinding, linesMax: number): string {
  const { code, message, hint, before, after, details, files } = finding
  const places = [
    ...(before === null ? [] : [`${codeSpan(`${before.file}:${before.line}`)} →`]),
    codeSpan(`${after.file}:${after.line}`),
  ].join(' ')
  const lines = [
    `- **${capital(escapeMarkdown(message))}.**`,
    `  ${codeSpan(code)} at ${places}${hint === 'Nothing.' ? '' : `. ${escapeMarkdown(hint)}`}`,
    ...details.slice(0, linesMax).map((detail) => `  - ${escapeMarkdown(detail)}`),
    ...(details.length > linesMax ? [`  - and ${details.length - linesMax} more`] : []),
  ]
  return files.length === 0
    ? lines.join('\n')
    : [lines.join('\n'), ...filesBlock(finding, linesMax)].join('\n\n')
}

function filesBlock({ files }: ReviewFinding, linesMax: number): readonly string[] {
  const shown = files.slice(0, linesMax)
  const rest = files.length - shown.length
  if (shown.length === 0) return [`${files.length} files, for which there is no room here`]
  return folded(`${files.length} ${files.length === 1 ? 'file' : 'files'}`, [
    table(
      ['repo', 'file', 'pattern', 'on the other side'],
      shown.map(({ repo, path, rule, otherLanes }) => [
        codeSpan(repo),
        codeSpan(path),
        codeSpan(rule),
        otherLanes.length === 0 ? 'no lane' : otherLanes.map(codeSpan).join(', '),
      ]),
    ),
    ...(rest === 0 ? [] : [`and ${rest} more`]),
  ])
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
