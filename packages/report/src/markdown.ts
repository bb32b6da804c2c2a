/** A report for a pull request, an issue or a release page: GitHub's Markdown, nothing that could be taken for markup. */
import { formatDuration } from '@conduct/core'
import type { Cell, JourneyPhase, Mark, Report, Section } from './model.ts'
import { printable } from './printable.ts'

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
    ...(report.journey.length === 0 ? [] : ['## Journey', journey(report.journey)]),
    '## Facts',
    table(
      ['', ''],
      report.facts.map(({ label, value }) => [
        escapeMarkdown(label),
        cellText({ ...value, text: value.full ?? value.text }),
      ]),
    ),
    ...report.sections.flatMap(section),
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

function section({ title, note, columns, rows, empty, isDetail }: Section): readonly string[] {
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
  if (isDetail !== true) return [`## ${title}`, ...body]
  return rows.length === 0 ? [] : [`<details><summary>${title}</summary>`, ...body, '</details>']
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}

function cellText({ text, isCode, href }: Cell): string {
  if (text === '') return ''
  if (href !== undefined) return `<${encodeURI(decodeSafely(href)).replace(/[|<>@]/g, encodeURIComponent)}>`
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
function codeSpan(text: string): string {
  const clean = printable(text).replaceAll('|', '\\|')
  const runs = clean.match(/`+/g) ?? []
  const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1)
  const space = clean.startsWith('`') || clean.endsWith('`') ? ' ' : ''
  return `${fence}${space}${clean}${space}${fence}`
}

function fenced(text: string): string {
  const runs = text.match(/`+/g) ?? []
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)))
  return `${fence}sh\n${printable(text)}\n${fence}`
}

/** `@` would notify people, `#1` would link: both get a zero-width joiner behind them. */
function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/[\\`*_[\]<>|~&]/g, (character) =>
      character === '<' ? '&lt;' : character === '&' ? '&amp;' : `\\${character}`,
    )
    .replace(/@(?=\w)/g, '@\u200D')
    .replace(/#(?=\d)/g, '#\u200D')
    .replace(/:\/\//g, ':\u200D//')
}
