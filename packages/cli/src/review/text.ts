import { printableLine, renderPlaces } from '@conduct/core'
import { headlineOfReview, type ReviewReport } from '@conduct/report'
import type { ReviewFinding } from '@conduct/review'
import { paintFindings } from '../output/paint-findings.ts'
import type { Style } from '../output/style.ts'

/** So many files are shown of each finding; the rest is counted, and stands in the JSON. */
const filesMax = 10

export function reviewText(
  report: ReviewReport,
  sources: { readonly before: string; readonly after: string },
  style: Style,
): string {
  const dangers = report.findings.filter(({ severity }) => severity === 'danger').length
  const mark = dangers > 0 ? style.red('✖') : style.green('✔')
  const blocks = report.findings.map((finding) => `${findingText(finding, sources, style)}\n`)
  return `${blocks.join('')}${mark} ${report.before} → ${report.after}: ${headlineOfReview(report)}.\n`
}

function findingText(
  finding: ReviewFinding,
  sources: { readonly before: string; readonly after: string },
  style: Style,
): string {
  const { code, severity, message, hint, before, after, details, files } = finding
  const places = renderPlaces([
    { place: after, source: sources.after, mark: '^', label: '' },
    ...(before === null
      ? []
      : [{ place: before, source: sources.before, mark: '-', label: 'before' } as const]),
  ])
  const shown = files.slice(0, filesMax).map(({ repo, path, rule, otherLanes }) => {
    const other = otherLanes.length === 0 ? '' : `, lane ${otherLanes.join(', ')} on the other side`
    return `    ${printableLine(`${repo}: ${path}`)} ${style.dim(`(${printableLine(rule)}${other})`)}\n`
  })
  const rest = files.length - shown.length
  return [
    paintFindings(`${severity} ${code}: ${printableLine(message)}\n${places}`, style),
    ...details.map((detail) => `  - ${printableLine(detail)}\n`),
    ...shown,
    ...(rest === 0 ? [] : [`    and ${rest} more\n`]),
    ...(hint === 'Nothing.' ? [] : [`  = ${hint}\n`]),
  ].join('')
}
