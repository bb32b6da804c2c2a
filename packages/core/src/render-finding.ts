/**
 * A finding as people see it: what is wrong, the source line with the exact span underlined, what to do.
 *
 * Promise: the frame shows nothing that could command a terminal, and no span that a SECRET_LITERAL finding
 * covers, whichever finding shows the line. Left to others: colour.
 */
import { showCharacters } from './display-width.ts'
import type { Finding, Place } from './findings.ts'
import { printableLine } from './printable.ts'

/** Wider lines are cut around the span. */
const columnsMax = 140
const columnsBefore = 60

export interface RenderFindingOptions {
  /** Spans that must not be shown; the span of a SECRET_LITERAL finding is hidden without asking. */
  readonly masked?: readonly Place[]
}

/** All findings, a blank line between them, secrets hidden in every frame. */
export function renderFindings(findings: readonly Finding[], sourceText: string): string {
  const masked = findings.filter((finding) => finding.code === 'SECRET_LITERAL')
  return findings.map((finding) => renderFinding(finding, sourceText, { masked })).join('\n')
}

/** @returns several lines, the last one ended by a line feed. */
export function renderFinding(
  finding: Finding,
  sourceText: string,
  options: RenderFindingOptions = {},
): string {
  const masked = [...(options.masked ?? []), ...(finding.code === 'SECRET_LITERAL' ? [finding] : [])]
  const lines = maskLines(sourceText.split(/\r\n|\n|\r/), masked)
  const places: readonly Place[] = [finding, ...finding.related]
  const gutter = String(Math.max(...places.map((place) => lastShownLine(place)))).length
  const indent = ' '.repeat(gutter)
  return [
    `${finding.severity} ${finding.code}: ${printableLine(finding.message)}`,
    `${indent}--> ${printableLine(finding.file)}:${finding.line}:${finding.column}`,
    ...frame(lines, finding, { gutter, mark: '^', label: '' }),
    ...finding.related.flatMap((related) => [
      `${indent}::: ${printableLine(related.file)}:${related.line}:${related.column}`,
      ...frame(lines, related, { gutter, mark: '-', label: related.message }),
    ]),
    ...(finding.hint === '' ? [] : [`${indent} = ${printableLine(finding.hint)}`]),
    '',
  ].join('\n')
}

export interface ShownPlace {
  readonly place: Place
  /** The text that the place is in. */
  readonly source: string
  readonly mark: '^' | '-'
  readonly label: string
}

/** The source lines of places that may lie in different texts, each below its address. */
export function renderPlaces(shown: readonly ShownPlace[]): string {
  const gutter = String(Math.max(1, ...shown.map(({ place }) => lastShownLine(place)))).length
  const indent = ' '.repeat(gutter)
  return shown
    .flatMap(({ place, source, mark, label }) => [
      `${indent}${mark === '^' ? '-->' : ':::'} ${printableLine(place.file)}:${place.line}:${place.column}\n`,
      ...frame(source.split(/\r\n|\n|\r/), place, { gutter, mark, label }).map((line) => `${line}\n`),
    ])
    .join('')
}

interface FrameStyle {
  readonly gutter: number
  readonly mark: '^' | '-'
  readonly label: string
}

function frame(lines: readonly string[], place: Place, style: FrameStyle): readonly string[] {
  const blank = `${' '.repeat(style.gutter)} |`
  const label = style.label === '' ? '' : ` ${printableLine(style.label)}`
  const first = lines[place.line - 1] ?? ''
  const last = lastShownLine(place)
  if (last === place.line) {
    const span = {
      from: place.column - 1,
      to: place.endLine > place.line ? first.length : place.endColumn - 1,
    }
    return [blank, ...underlined(first, { number: place.line, span, label }, style)]
  }
  const lastText = lines[last - 1] ?? ''
  const lastEnd = last === place.endLine ? place.endColumn - 1 : lastText.length
  return [
    blank,
    ...underlined(
      first,
      { number: place.line, span: { from: place.column - 1, to: first.length }, label: '' },
      style,
    ),
    ...(last > place.line + 1 ? [`${' '.repeat(style.gutter)} …`] : []),
    ...underlined(
      lastText,
      { number: last, span: { from: lastText.length - lastText.trimStart().length, to: lastEnd }, label },
      style,
    ),
  ]
}

/** A span that ends at the start of a line does not show that line. */
function lastShownLine(place: Place): number {
  return place.endLine > place.line && place.endColumn === 1 ? place.endLine - 1 : place.endLine
}

interface Marked {
  readonly number: number
  /** UTF-16 offsets in the line. */
  readonly span: { readonly from: number; readonly to: number }
  readonly label: string
}

function underlined(line: string, marked: Marked, style: FrameStyle): readonly string[] {
  const shown = cut(showCharacters(line), marked.span.from)
  let text = ''
  let before = ''
  let under = ''
  for (const character of shown) {
    text += character.text
    if (character.offset < marked.span.from) before += ' '.repeat(character.width)
    else if (character.offset < marked.span.to) under += style.mark.repeat(character.width)
  }
  const prefix = `${String(marked.number).padStart(style.gutter)} |`
  const underline = under === '' ? style.mark : under
  return [
    text === '' ? prefix : `${prefix} ${text}`,
    `${' '.repeat(style.gutter)} | ${before}${underline}${marked.label}`,
  ]
}

/** At most `columnsMax` columns, with `…` where something was left out. */
function cut(shown: ReturnType<typeof showCharacters>, spanFrom: number): ReturnType<typeof showCharacters> {
  if (shown.reduce((sum, character) => sum + character.width, 0) <= columnsMax) return shown
  const at = shown.findIndex((character) => character.offset >= spanFrom)
  const start = Math.max(0, (at === -1 ? shown.length : at) - columnsBefore)
  const kept: { offset: number; text: string; width: number }[] = []
  if (start > 0) kept.push({ offset: -1, text: '…', width: 1 })
  let columns = kept.length
  for (const character of shown.slice(start)) {
    if (columns + character.width >= columnsMax) {
      kept.push({ offset: Number.MAX_SAFE_INTEGER, text: '…', width: 1 })
      break
    }
    kept.push(character)
    columns += character.width
  }
  return kept
}

function maskLines(lines: readonly string[], masked: readonly Place[]): readonly string[] {
  if (masked.length === 0) return lines
  return lines.map((line, index) => {
    let result = line
    for (const place of masked) {
      if (index + 1 < place.line || index + 1 > place.endLine) continue
      const from = index + 1 === place.line ? place.column - 1 : line.length - line.trimStart().length
      const to = index + 1 === place.endLine ? place.endColumn - 1 : line.length
      result = result.slice(0, from) + '*'.repeat(Math.max(0, to - from)) + result.slice(to)
    }
    return result
  })
}
