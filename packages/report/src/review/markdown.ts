/** What a change to lanes.yaml means, as a comment on its pull request: the gravest first, files folded away. */
import type { ReviewFinding, Severity } from '@conduct/review'
import { codeSpan, escapeMarkdown, folded, table } from '../markdown.ts'
import { headlineOfReview, type ReviewReport, severities } from './review-report.ts'

export function renderReviewMarkdown(report: ReviewReport): string {
  const { findings } = report
  const blocks = [
    '## What this change to lanes.yaml means',
    `**${headlineOfReview(report)}** (${codeSpan(report.before)} → ${codeSpan(report.after)})`,
    ...(findings.every(({ severity }) => severity !== 'danger')
      ? []
      : [
          '> [!CAUTION]\n> What stands under danger takes away something that kept people apart, or that proved something. Whoever merges it decides.',
        ]),
    ...severities.flatMap((severity) => section(severity, findings)),
  ]
  return `${blocks.join('\n\n')}\n`
}

const titles = {
  danger: '🛑 Danger',
  caution: '⚠️ Caution',
  info: 'ℹ️ Good to know',
} as const satisfies Record<Severity, string>

function section(severity: Severity, findings: readonly ReviewFinding[]): readonly string[] {
  const own = findings.filter((finding) => finding.severity === severity)
  if (own.length === 0) return []
  const body = own.map((finding) => item(finding))
  return severity === 'info'
    ? folded(`${titles.info} (${own.length})`, body)
    : [`### ${titles[severity]}`, ...body]
}

function item(finding: ReviewFinding): string {
  const { code, message, hint, before, after, details, files } = finding
  const places = [
    ...(before === null ? [] : [`${codeSpan(`${before.file}:${before.line}`)} →`]),
    codeSpan(`${after.file}:${after.line}`),
  ].join(' ')
  const lines = [
    `- **${capital(escapeMarkdown(message))}.**`,
    `  ${codeSpan(code)} at ${places}${hint === 'Nothing.' ? '' : `. ${escapeMarkdown(hint)}`}`,
    ...details.map((detail) => `  - ${escapeMarkdown(detail)}`),
  ]
  return files.length === 0 ? lines.join('\n') : [lines.join('\n'), ...filesBlock(finding)].join('\n\n')
}

/** So many are listed; a comment has a limit. */
const filesMax = 50

function filesBlock({ files }: ReviewFinding): readonly string[] {
  const shown = files.slice(0, filesMax)
  const rest = files.length - shown.length
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
