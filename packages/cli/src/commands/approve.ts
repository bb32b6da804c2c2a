import { textValue } from '../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../command.ts'
import { openConductor } from '../estate/open-conductor.ts'
import { planPositional } from '../train/arguments.ts'
import { judgement } from '../train/judgement.ts'

export type Flags = { readonly note?: string }

export const spec: CommandSpec<Flags, [plan: string]> = {
  description: [
    'By somebody whom the lane names as an approver. The approval is bound to the hash of the plan: when the producer, the versions, the consumers or the targets change, it is void.',
  ],
  parameters: {
    flags: {
      note: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'text',
        brief: 'Kept with the approval',
      },
    },
    positional: { kind: 'tuple', parameters: [planPositional] },
  },
  examples: [
    ['approve 5d0e1a', 'approve a plan'],
    ['approve 8f2c --note "looked at the diff"', 'approve the plan that run 8f2c waits for'],
  ],
}

export const run: CommandRun<Flags, [plan: string]> = async (context, flags, plan) => {
  await using estate = await openConductor(context)
  const approval = await estate.conductor.approvePlan({
    plan,
    ...(flags.note === undefined ? {} : { note: flags.note }),
  })
  return await judgement(estate, approval)
}
