import type { CommandRun, CommandSpec } from '../command.ts'
import { openConductor } from '../estate/open-conductor.ts'
import { lookAtLanes } from '../lane/look.ts'
import { type WaitFlags, runPositional, waitFlags, waitMsOf } from '../train/arguments.ts'
import { type KnownRun, endAtOnceWithWords } from '../train/end-at-once.ts'
import { runOutcome } from '../train/run-outcome.ts'
import { withNextFor } from '../train/next-of-run.ts'
import { type SignFlags, approveOf, signFlags } from '../train/proving.ts'

export type Flags = WaitFlags & SignFlags & { readonly replan: boolean; readonly approve: boolean }

export const spec: CommandSpec<Flags, [run: string]> = {
  description: [
    'Stands first in line, takes the lane with a higher token, observes every step again, and goes on where the world is. What is done already is recorded and not done again.',
  ],
  parameters: {
    flags: {
      replan: { kind: 'boolean', brief: 'The world has moved: bind a new plan, which needs a new approval' },
      approve: { kind: 'boolean', brief: 'I, --as, approve the plan (exit 6 if I may not)' },
      ...signFlags,
      ...waitFlags,
    },
    positional: { kind: 'tuple', parameters: [runPositional] },
  },
  examples: [
    ['resume 8f2c', 'finish a run that was killed, interrupted, or waits'],
    ['resume 8f2c --replan --approve', 'go on from where the world is now'],
  ],
}

export const run: CommandRun<Flags, [run: string]> = async (context, flags, id) => {
  const waitMsMax = waitMsOf(flags)
  const approve = approveOf(context, flags)
  const known: KnownRun = { run: null, isPartWay: false, launcher: '' }
  await using estate = await openConductor({ ...context, ...endAtOnceWithWords(context, known) })
  known.launcher = estate.launcher
  const { irreversibleDone, train } = await estate.conductor.readRun(id)
  known.isPartWay = irreversibleDone
  const lane = estate.config.trains.get(train)?.lane
  await lookAtLanes({ estate, context, names: lane === undefined ? [] : [lane] })
  const result = await estate.conductor.resumeRun({
    run: id,
    replan: flags.replan,
    approve,
    waitMsMax,
  })
  const record = withNextFor(estate, result.record)
  return runOutcome(context, { ...estate, result: { ...result, record } })
}
