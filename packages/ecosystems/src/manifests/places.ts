import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { unreadable } from '../unreadable.ts'

/** One string in a JSON or YAML file and where it is written. */
export interface Place {
  /** Keys from the top; the index of a list item as a number in words. */
  readonly path: readonly string[]
  readonly value: string
  /** Offsets of the scalar as written, quotes included. */
  readonly start: number
  readonly end: number
  /** 1-based. */
  readonly line: number
}

/**
 * Every string of a JSON or YAML text below one of the given top keys, in the order of the file.
 *
 * @throws ConductError FILE_UNREADABLE
 */
export function placesIn(
  { file, text }: { readonly file: string; readonly text: string },
  topKeys: readonly string[],
): readonly Place[] {
  const lines = new LineCounter()
  // JSON allows a key twice; YAML does not.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false })
  const [error] = document.errors
  if (error !== undefined) throw unreadable(file, error)
  if (!isMap(document.contents)) return []
  const found: Place[] = []
  const visit = (node: unknown, path: readonly string[]): void => {
    if (isMap(node)) {
      for (const pair of node.items)
        visit(pair.value, [...path, isScalar(pair.key) ? String(pair.key.value) : ''])
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) visit(item, [...path, String(index)])
    } else if (isScalar(node)) {
      const place = placeOf(node, path, lines)
      if (place !== null) found.push(place)
    }
  }
  for (const pair of document.contents.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : ''
    if (topKeys.includes(key)) visit(pair.value, [key])
  }
  return found
}

function placeOf(node: Node & { value: unknown }, path: readonly string[], lines: LineCounter): Place | null {
  const { value, range } = node
  if (range === undefined || range === null) return null
  // A version that YAML reads as a number (`1.0`) is a range as much as a quoted one.
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null
  if (text === null) return null
  return { path, value: text, start: range[0], end: range[1], line: lines.linePos(range[0]).line }
}

/** The text with the strings at these places replaced, everything else untouched. */
export function replacedAt(
  text: string,
  edits: readonly { readonly place: Place; readonly value: string }[],
): string {
  return edits
    .toSorted((a, b) => b.place.start - a.place.start)
    .reduce((edited, { place, value }) => {
      const written = text.slice(place.start, place.end)
      return edited.slice(0, place.start) + quotedLike(written, value) + edited.slice(place.end)
    }, text)
}

/** Double quotes as JSON; other quotes as YAML; a plain YAML scalar stays plain where that is safe. */
function quotedLike(written: string, value: string): string {
  if (written.startsWith('"')) return JSON.stringify(value)
  if (!written.startsWith("'") && /^[\^~\d][\w.^~+-]*$/.test(value)) return value
  return `'${value.replaceAll("'", "''")}'`
}
