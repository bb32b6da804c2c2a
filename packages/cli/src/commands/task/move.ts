import { textValue } from '../../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { taskPositional } from '../../task/arguments.ts'
import { moveItem } from '../../task/move-item.ts'

export type Flags = {
  readonly to: string
  readonly from?: string
  readonly 'only-if-moved': boolean
}

const state = { kind: 'parsed', parse: textValue, placeholder: 'state' } as const

export const spec: CommandSpec<Flags, [task: string]> = {
  description: [
    'Moves a work item to another state: the comparison with --from and the move are one change. Where it is there already, that is a quiet success with who moved it; in any other state it stays, and exit 13 says who moved it and when.',
    'A task that is moved to done or failed gives back the lanes that were taken for it. While a claim for it stands in line it is lane_queued.',
    'A ticket that a batch has (state batched) leaves the batch with its move: that is the way back.',
  ],
  parameters: {
    flags: {
      to: { ...state, brief: 'Where it goes' },
      from: { ...state, optional: true, brief: 'What it has to be in; without it the move is not guarded' },
      'only-if-moved': { kind: 'boolean', brief: 'Exit 13 where it is there already: only one may start' },
    },
    positional: { kind: 'tuple', parameters: [taskPositional] },
  },
  examples: [
    ['task move feature/a --to open --from batched', 'take a ticket out of its batch'],
    ['task move ABC-12 --to doing --from todo --only-if-moved', 'start work, if nobody else has'],
  ],
}

export const run: CommandRun<Flags, [task: string]> = (context, flags, task) =>
  moveItem(context, {
    task,
    to: flags.to,
    ...(flags.from === undefined ? {} : { from: flags.from }),
    isOnlyIfMoved: flags['only-if-moved'],
  })
