import { textValue } from '../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../command.ts'
import { openConductor } from '../estate/open-conductor.ts'
import { planPositional } from '../train/arguments.ts'
import { judgement } from '../train/judgement.ts'

export type Flags = { readonly reason: string }

export const spec: CommandSpec<Flags, [plan: string]> = {
  description: ['By somebody whom the lane names as an approver: runs that wait for this plan stop waiting.'],
  parameters: {
    flags: {
      reason: { kind: 'parsed', parse: textValue, placeholder: 'text', brief: 'Why; the asker sees it' },
    },
    positional: { kind: 'tuple', parameters: [planPositional] },
  },
  examples: [['deny 5d0e1a --reason "not on a Friday"', 'refuse a plan']],
}

export const run: CommandRun<Flags, [plan: string]> = async (context, flags, plan) => {
  await using estate = await openConductor(context)
  return await judgement(estate, await estate.conductor.denyPlan({ plan, reason: flags.reason }))
}
