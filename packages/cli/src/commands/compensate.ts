import type { CommandRun, CommandSpec } from '../command.ts'
import { openConductor } from '../estate/open-conductor.ts'
import { type WaitFlags, runPositional, waitFlags, waitMsOf } from '../train/arguments.ts'
import { compensationOutcome } from '../train/compensation-outcome.ts'
import { type KnownRun, endAtOnceWithWords } from '../train/end-at-once.ts'
import { runOutcome } from '../train/run-outcome.ts'

export type Flags = WaitFlags & { readonly yes: boolean }

export const spec: CommandSpec<Flags, [run: string]> = {
  description: [
    'Shows the way back of a run as it was computed before the run started, with what would become of each part now: what it would take back, what is gone already, what somebody has moved since, and what nothing takes back.',
    'With --yes it is taken, in journaled steps under the lane, the last effect first: what ran before is deployed again, settings are undone, the adoption is reverted where nothing was built on it, dist-tags go back, the version is deprecated. It can be repeated and resumed; a published version is never deleted.',
  ],
  parameters: {
    flags: {
      yes: { kind: 'boolean', brief: 'I have seen the way back: take it' },
      ...waitFlags,
    },
    positional: { kind: 'tuple', parameters: [runPositional] },
  },
  examples: [
    ['compensate 8f2c', 'look at the way back; changes nothing'],
    ['compensate 8f2c --yes', 'take it, or go on with it'],
  ],
}

export const run: CommandRun<Flags, [run: string]> = async (context, flags, id) => {
  const waitMsMax = waitMsOf(flags)
  if (!flags.yes) {
    await using estate = await openConductor(context)
    return compensationOutcome(estate, await estate.conductor.previewCompensation({ run: id }))
  }
  const known: KnownRun = { run: null, isPartWay: false, launcher: '' }
  await using estate = await openConductor({ ...context, ...endAtOnceWithWords(context, known) })
  known.launcher = estate.launcher
  known.isPartWay = (await estate.conductor.readRun(id)).irreversibleDone
  const result = await estate.conductor.compensateRun({ run: id, waitMsMax })
  return runOutcome(context, { ...estate, result })
}
