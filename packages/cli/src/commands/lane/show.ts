import { invariant } from '@conduct/core'
import type { CommandRun, CommandSpec, NoFlags } from '../../command.ts'
import { openEstate, requireLane } from '../../estate/open-estate.ts'
import { lanePositional } from '../../lane/arguments.ts'
import { lookAtLanes } from '../../lane/look.ts'
import { laneText } from '../../lane/text.ts'
import { toWireLane } from '../../lane/wire.ts'

export const spec: CommandSpec<NoFlags, [lane: string]> = {
  description: ['Holders, the line with positions, who blocks whom, estimates, and notes of stopped runs.'],
  parameters: { positional: { kind: 'tuple', parameters: [lanePositional] } },
  examples: [
    ['lane show release_train', 'who has it, who waits'],
    ['lane show release_train --json', 'for a program'],
  ],
}

export const run: CommandRun<NoFlags, [lane: string]> = async (context, _flags, name) => {
  await using estate = await openEstate(context)
  requireLane(estate.config, name)
  const [view] = await lookAtLanes({ estate, context, names: [name] })
  invariant(view !== undefined, 'a lane that was looked at is seen')
  return { exit: 0, data: toWireLane(view), text: (style) => laneText(view, style) }
}
