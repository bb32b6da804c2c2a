import { ConductError, nearest } from '@conduct/core'
import { explainPair } from '@conduct/planner'
import { textValue } from '../../arguments/values.ts'
import { makePlan } from '../../batch/make-plan.ts'
import { type PlanFlags, planFlags } from '../../batch/plan-flags.ts'
import { pairText, pairToWire } from '../../batch/pair.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'

export type Flags = PlanFlags

const ticket = { parse: textValue, placeholder: 'ticket', brief: 'A ticket, as batch plan names it' } as const

export const spec: CommandSpec<Flags, [a: string, b: string]> = {
  description: [
    'Says why two tickets share a turn of the migration lane or do not: how they stand to each other, what each of them is, and the rule, the line and the measured fact that say so.',
  ],
  parameters: {
    flags: planFlags,
    positional: { kind: 'tuple', parameters: [ticket, ticket] },
  },
  examples: [['batch why feature/a feature/b --branch "feature/*"', 'why these two are apart']],
}

export const run: CommandRun<Flags, [a: string, b: string]> = async (context, flags, a, b) => {
  const { plan, batching } = await makePlan(context, flags)
  for (const id of [a, b]) {
    if (plan.tickets.some((each) => each.ticket.id === id)) continue
    const taken = batching.taken.find((each) => each.ticket === id)
    const near = nearest(
      id,
      plan.tickets.map((each) => each.ticket.id),
    )
    throw new ConductError('TICKET_UNKNOWN', `no ticket ${JSON.stringify(id)} changes the schema`, {
      hint:
        taken === undefined
          ? `${near === null ? '' : `Did you mean ${near}? `}conduct batch plan names them.`
          : `It is in ${taken.batch}, taken by ${taken.by}.`,
    })
  }
  const pair = explainPair(plan, a, b)
  return { exit: 0, data: pairToWire(pair), text: (style) => pairText(pair, style) }
}
