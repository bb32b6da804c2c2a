/** A report for a pull request, an issue or a release page: GitHub's Markdown, nothing that could be taken for markup. */
import { formatDuration, printableLine } from '@conduct/core'
import type { Cell, JourneyPhase, Mark, Report, Section } from './model.ts'

const marks = {
  done: '✅',
  failed: '❌',
  unknown: '❔',
  running: '🔄',
  partial: '🌓',
  waiting: '⏸️',
  skipped: '➖',
  pending: '▫️',
} as const satisfies Record<Mark, string>

export function renderMarkdown(report: Report): string {
  const blocks = [
    `# ${escapeMarkdown(report.title)}`,
    `**${escapeMarkdown(report.headline)}**`,
    ...(report.alert === null
      ? []
      : [
          [
            '> [!CAUTION]',
            `> **${escapeMarkdown(report.alert.title)}**`,
            ...report.alert.lines.flatMap((line) => ['>', `> ${escapeMarkdown(line)}`]),
          ].join('\n'),
        ]),
    ...(report.next === null ? [] : ['Next:', fenced(report.next)]),
    ...(report.figures.length === 0 ? [] : [figures(report)]),
    ...report.sections.filter(isOpen).flatMap(section),
    ...(report.journey.length === 0 ? [] : folded('Journey', [journey(report.journey)])),
    ...folded('Facts', [
      table(
        ['', ''],
        report.facts.map(({ label, value }) => [
          escapeMarkdown(label),
          cellText({ ...value, text: value.full ?? value.text }),
        ]),
      ),
    ]),
    ...report.sections.filter((one) => !isOpen(one)).flatMap(section),
  ]
  return `${blocks.join('\n\n')}\n`
}

function journey(phases: readonly JourneyPhase[]): string {
  return table(
    ['', 'phase', 'what', 'took'],
    phases.map(({ mark, phase, summary, durationMs }) => [
      marks[mark],
      phase,
      escapeMarkdown(summary),
      durationMs === null ? '' : formatDuration(durationMs),
    ]),
  )
}

function isOpen({ isFolded, isDetail }: Section): boolean {
  return isFolded !== true && isDetail !== true
}

/** One line of numbers, for whoever reads no further. */
function figures({ figures: all }: Report): string {
  return all
    .map(
      ({ label, value, note }) => `**${value}** ${label}${note === '' ? '' : ` (${escapeMarkdown(note)})`}`,
    )
    .join(' · ')
}

export function folded(title: string, body: readonly string[]): readonly string[] {
  return [`<details><summary>${title}</summary>`, ...body, '</details>']
}

function section(one: Section): readonly string[] {
  const { title, note, columns, rows, empty } = one
  const body =
    rows.length === 0
      ? [escapeMarkdown(empty)]
      : [
          ...(note === null ? [] : [escapeMarkdown(note)]),
          table(
            columns,
            rows.map((row) => row.map(cellText)),
          ),
        ]
  // What is not there needs no heading of its own.
  if (isOpen(one)) return rows.length === 0 ? [`**${title}:** ${body.join(' ')}`] : [`## ${title}`, ...body]
  return rows.length === 0 ? [] : folded(title, body)
}

export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}

function cellText({ text, isCode, href }: Cell): string {
  if (text === '') return ''
  if (href !== undefined) {
    const address = `<${encodeURI(decodeSafely(href)).replace(/[|<>@]/g, encodeURIComponent)}>`
    return text === href ? address : `${escapeMarkdown(text)}: ${address}`
  }
  return isCode === true ? codeSpan(text) : escapeMarkdown(text)
}

function decodeSafely(url: string): string {
  try {
    return decodeURI(url)
  } catch {
    return url
  }
}

/** A fence longer than any run of backticks inside; `|` would end the cell even in code. */
export function codeSpan(text: string): string {
  const clean = printableLine(text).replaceAll('|', '\\|')
  const runs = clean.match(/`+/g) ?? []
  const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1)
  const space = clean.startsWith('`') || clean.endsWith('`') ? ' ' : ''
  return `${fence}${space}${clean}${space}${fence}`
}

function fenced(text: string): string {
  const runs = text.match(/`+/g) ?? []
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)))
  return `${fence}sh\n${printableLine(text)}\n${fence}`
}

/** `@` would notify people, `#1` and addresses would link: all get a zero-width joiner. */
export function escapeMarkdown(text: string): string {
  return printableLine(text)
    .replace(/[\\`*_[\]<>|~&]/g, (character) =>
      character === '<' ? '&lt;' : character === '&' ? '&amp;' : `\\${character}`,
    )
    .replace(/@(?=\w)/g, '@\u200D')
    .replace(/#(?=\d)/g, '#\u200D')
    .replace(/:\/\//g, ':\u200D//')
    .replace(/\bwww\./gi, (found) => `${found.slice(0, -1)}\u200D.`)
}
