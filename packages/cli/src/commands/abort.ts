import { textValue } from '../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../command.ts'
import { openConductor } from '../estate/open-conductor.ts'
import { runPositional } from '../train/arguments.ts'
import { runOutcome } from '../train/run-outcome.ts'

export type Flags = { readonly reason: string }

export const spec: CommandSpec<Flags, [run: string]> = {
  description: [
    'Ends a run without undoing anything: what it has published, adopted or deployed stays and stays reported. Its lane goes to the next in line.',
  ],
  parameters: {
    flags: {
      reason: {
        kind: 'parsed',
        parse: textValue,
        placeholder: 'text',
        brief: 'Why; it is recorded and shown',
      },
    },
    positional: { kind: 'tuple', parameters: [runPositional] },
  },
  examples: [['abort 8f2c --reason "superseded by 4.3.1"', 'end it for good']],
}

export const run: CommandRun<Flags, [run: string]> = async (context, flags, id) => {
  await using estate = await openConductor(context)
  const result = await estate.conductor.abortRun({ run: id, reason: flags.reason })
  return runOutcome(context, { ...estate, result })
}
