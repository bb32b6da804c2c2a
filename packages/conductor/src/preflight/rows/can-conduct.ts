import type { Train } from '@conduct/config'
import { green, red, type Row } from '../row.ts'

/** What lanes.yaml may say and this conduct cannot do yet is said before anything is done, not half-way. */
export const row: Row = {
  check: 'can_conduct',
  isNeverOverridden: true,
  over: 'every',
  async judge({ context, frozen }) {
    // Every way of adopting and of deploying can be conducted.
    const missing = frozen.role === 'producer' ? producerGaps(context.train) : []
    if (missing.length === 0) return green('1 of 1 declarations', 'Everything that is declared can be done.')
    return red('1 of 1 declarations', `Cannot be done yet: ${missing.join(', ')}; declare another way.`)
  },
}

function producerGaps({ producer: { publish } }: Train): readonly string[] {
  if (publish === 'infer' || 'workflow' in publish) return []
  const wants = (found: boolean, what: string) => (found ? [what] : [])
  return [
    ...wants(
      publish.some(({ command, observe }) => command !== null || observe !== null),
      'publishing by a command',
    ),
    ...publish.flatMap(({ ecosystem }) =>
      ecosystem === null || ecosystem === 'npm' || ecosystem === 'rubygems'
        ? []
        : [`the ecosystem ${ecosystem}`],
    ),
  ]
}
