import type { Train } from '@conduct/config'
import { missingValues } from '../../template.ts'
import { green, red, type Row } from '../row.ts'

/** Every other variable has no value while something is published. */
const publishVariables = { version: 'x', repo: 'x', sha: 'x' }

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
  return publish.flatMap((declared) => {
    const { ecosystem, command, observe, staged } = declared
    if (command === null || observe === null) {
      const isOurs = ecosystem === null || ecosystem === 'npm' || ecosystem === 'rubygems'
      return isOurs ? [] : [`the ecosystem ${ecosystem}`]
    }
    const missing = [command, observe].flatMap((one) => missingValues(one, publishVariables))
    return [
      ...(staged ? ['staging by a command'] : []),
      ...[...new Set(missing)].map((name) => `publishing by a command with {${name}}`),
    ]
  })
}
