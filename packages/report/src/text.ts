/** A report for a terminal or a log file: plain lines, no colour, columns aligned. */
import { displayWidth, formatDuration, printableLine } from '@conduct/core'
import type { JourneyPhase, Mark, Report, Section } from './model.ts'
import { padEnd } from './pad-end.ts'

const marks = {
  done: '✔',
  failed: '✖',
  unknown: '?',
  running: '…',
  partial: '◐',
  waiting: '⏸',
  skipped: '–',
  pending: '·',
} as const satisfies Record<Mark, string>

const journeySummaryWidth = 60

export function renderText(report: Report): string {
  const blocks = [
    [printableLine(report.title), printableLine(report.headline)],
    ...(report.alert === null
      ? []
      : [
          [
            printableLine(report.alert.title),
            ...report.alert.lines.map((line) => `  ${printableLine(line)}`),
          ],
        ]),
    ...(report.journey.length === 0 ? [] : [report.journey.map(journeyLine)]),
    ...(report.figures.length === 0 ? [] : [[figures(report)]]),
    facts(report),
    ...report.sections.filter((section) => section.isDetail !== true).map(sectionLines),
    ...(report.next === null ? [] : [[`Next: ${printableLine(report.next)}`]]),
  ]
  return `${blocks.map((lines) => lines.map((line) => line.trimEnd()).join('\n')).join('\n\n')}\n`
}

function journeyLine({ phase, mark, summary, durationMs }: JourneyPhase): string {
  const took = durationMs === null ? '' : formatDuration(durationMs)
  return `  ${marks[mark]} ${phase.padEnd(12)}${padEnd(printableLine(summary), journeySummaryWidth)} ${took.padStart(8)}`
}

function figures({ figures: all }: Report): string {
  return all
    .map(({ label, value, note }) => `${value} ${label}${note === '' ? '' : ` (${printableLine(note)})`}`)
    .join(' · ')
}

function facts(report: Report): readonly string[] {
  const width = Math.max(...report.facts.map(({ label }) => label.length)) + 2
  return report.facts.map(
    ({ label, value }) => `${padEnd(label, width)}${printableLine(value.full ?? value.text)}`,
  )
}

function sectionLines(section: Section): readonly string[] {
  if (section.rows.length === 0) return [`${section.title}: ${lowerFirst(printableLine(section.empty))}`]
  const rows = section.rows.map((row) => row.map((cell) => printableLine(cell.text)))
  const widths = section.columns.map((column, index) =>
    Math.max(displayWidth(column), ...rows.map((row) => displayWidth(row[index] ?? ''))),
  )
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, index) => padEnd(cell, widths[index] ?? 0)).join('  ')}`
  return [
    section.title,
    ...(section.note === null ? [] : [`  ${printableLine(section.note)}`]),
    line(section.columns.map((column) => column.toUpperCase())),
    ...rows.map(line),
  ]
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
