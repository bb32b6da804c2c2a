import type { LaneOperation } from '../operation.ts'
import type { Answer } from './answer.ts'
import type { Draft } from './draft.ts'

/** Kept in the document, to know them again and to show them; the history keeps all. */
export const proceededMax = 20

/** Brought in once, however often it is tried. It changes nobody's claim: what was done is done. */
export function proceeded(draft: Draft, { note }: Extract<LaneOperation, { kind: 'proceeded' }>): Answer {
  const known = draft.proceeded ?? []
  if (known.some(({ id }) => id === note.id)) return { kind: 'unchanged' }
  draft.proceeded = [...known, note].slice(-proceededMax)
  return { kind: 'done' }
}
