import { comparePlans } from '@conduct/conductor'
import { textValue } from '../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../command.ts'
import { loadConfig } from '../estate/load-config.ts'
import { openConductor } from '../estate/open-conductor.ts'
import { type PlanFlags, planFlags, planOptionsOf, trainPositional } from '../train/arguments.ts'
import { planOutcome } from '../train/plan-outcome.ts'

export type Flags = PlanFlags & { readonly diff?: string }

export const spec: CommandSpec<Flags, [train: string]> = {
  description: [
    'Surveys and preflights without taking the lane, and saves the plan for 24 hours, so that somebody can approve it before the run. Changes nothing anywhere. With something red or unknown in preflight it exits 3, and says all of it at once.',
  ],
  parameters: {
    flags: {
      ...planFlags,
      diff: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'plan',
        brief: 'Say what changed since that plan, the plan of that run, or the last one (last)',
      },
    },
    positional: { kind: 'tuple', parameters: [trainPositional] },
  },
  examples: [
    ['plan engine', 'what a run would do, and what stands in its way'],
    ['plan engine --diff last', 'and what changed since the last time'],
    ['plan engine --json', 'for a program'],
    [
      'plan engine --override checkout:shop --reason "my sandbox"',
      'with one red row overridden, on the record',
    ],
  ],
}

export const run: CommandRun<Flags, [train: string]> = async (context, flags, train) => {
  const loaded = await loadConfig(context)
  const options = planOptionsOf(loaded.config, train, flags)
  await using estate = await openConductor(context, loaded)
  const { diff: name } = flags
  if (name === undefined) return planOutcome(estate, await estate.conductor.planTrain(options))
  // Before the new one is saved: it may be the same plan.
  const earlier = await estate.conductor.earlierPlan({ train, name })
  const plan = await estate.conductor.planTrain(options)
  return planOutcome(estate, plan, { diff: earlier === null ? null : comparePlans(earlier, plan) })
}
