import type { Cursor } from '../cursor.ts'
import type { FindingSink } from '../finding-sink.ts'
import type { Span } from '../yaml-tree.ts'

/** What every rule gets. A rule reads what is there and leaves wrong types to the schema's findings. */
export interface RuleContext {
  readonly root: Cursor
  readonly sink: FindingSink
  readonly text: string
}

/** The exact span of a part of a value, or the whole value where escapes or folding hide it. */
export function spanOfPart(context: RuleContext, cursor: Cursor, part: string): Span {
  const { start, end } = cursor.span
  const index = context.text.slice(start, end).indexOf(part)
  return index === -1 || part === ''
    ? cursor.span
    : { start: start + index, end: start + index + part.length }
}

/** Items of a list, or the value itself where a single one may stand for a list. */
export function oneOrMany(cursor: Cursor): readonly Cursor[] {
  if (!cursor.exists) return []
  return cursor.node?.kind === 'list' ? cursor.items() : [cursor]
}
