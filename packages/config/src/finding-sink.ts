import { type Finding, type FindingCode, findingCodes, type Place } from '@conduct/core'
import type { Span } from './yaml-tree.ts'

interface FindingText {
  /** What is wrong, one sentence without its full stop. */
  readonly message: string
  /** What to do; the remedy of the code when left out. */
  readonly hint?: string
  readonly related?: readonly { readonly span: Span; readonly message: string }[]
}

/** Collects findings about one file and turns offsets into lines and columns. */
export interface FindingSink {
  report(code: FindingCode, span: Span, text: FindingText): void
  /** In the order of the file; the same finding at the same place once (aliases are visited often). */
  findings(): readonly Finding[]
}

export function collectFindings(file: string, text: string): FindingSink {
  const collected = new Map<string, Finding>()
  const placeOf = placer(file, text)
  return {
    report(code, span, { message, hint, related = [] }) {
      const finding: Finding = {
        code,
        severity: findingCodes[code].severity,
        message,
        hint: hint ?? findingCodes[code].remedy,
        ...placeOf(span),
        related: related.map((place) => ({ ...placeOf(place.span), message: place.message })),
      }
      const identity = `${code} ${span.start} ${span.end} ${message}`
      if (!collected.has(identity)) collected.set(identity, finding)
    },
    findings: () => [...collected.values()].sort(byPlace),
  }
}

function byPlace(a: Finding, b: Finding): number {
  return a.line - b.line || a.column - b.column || a.code.localeCompare(b.code)
}

/** Offsets → lines and columns. */
export function placer(file: string, text: string): (span: Span) => Place {
  const lineStarts = [0]
  for (const match of text.matchAll(/\r\n|\n|\r/g)) lineStarts.push(match.index + match[0].length)
  const lineAndColumn = (offset: number): readonly [number, number] => {
    let low = 0
    let high = lineStarts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return [low + 1, offset - (lineStarts[low] ?? 0) + 1]
  }
  return (span) => {
    const [line, column] = lineAndColumn(span.start)
    const [endLine, endColumn] = lineAndColumn(Math.max(span.end, span.start))
    return { file, line, column, endLine, endColumn }
  }
}
