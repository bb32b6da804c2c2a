/** What was taken back, by whomever: nothing of it is left out, since a half-undone run looks like a whole one. */
import type { RunRecord } from '@conduct/core'
import { plain, prose } from '../cells.ts'
import type { Section } from '../model.ts'
import { stateCell } from './steps.ts'

/** None for a run that nobody has taken anything back of. */
export function undoneSections({ steps, undone }: RunRecord): readonly Section[] {
  const back = steps.filter((step) => step.phase === 'undo' || step.kind === 'rollback')
  if (back.every((step) => step.state === 'pending') && undone === 'no') return []
  return [
    {
      title: 'Taken back',
      note:
        undone === 'begun'
          ? 'The way back was begun and is not at its end.'
          : undone === 'yes'
            ? 'Taken back as far as there was a way; what stays is said by name.'
            : null,
      columns: ['repo', 'what', 'state', 'evidence'],
      rows: back.map((step) => [
        plain(step.repo ?? ''),
        prose(step.action),
        step.kind === 'stays' ? plain('stays', 'waiting') : stateCell(step),
        prose(step.evidence ?? ''),
      ]),
      empty: 'Nothing was taken back.',
    },
  ]
}
