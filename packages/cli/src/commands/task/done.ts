import { textValue } from '../../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { taskPositional } from '../../task/arguments.ts'
import { moveItem } from '../../task/move-item.ts'

export type Flags = { readonly from?: string }

export const spec: CommandSpec<Flags, [task: string]> = {
  description: [
    'Moves a work item to done, and gives back the lanes that were taken for it. Work that came to nothing: task move --to failed.',
  ],
  parameters: {
    flags: {
      from: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'state',
        brief: 'What it has to be in; without it the move is not guarded',
      },
    },
    positional: { kind: 'tuple', parameters: [taskPositional] },
  },
  examples: [['task done ABC-12', 'finish it, and hand its lanes back']],
}

export const run: CommandRun<Flags, [task: string]> = (context, { from }, task) =>
  moveItem(context, { task, to: 'done', ...(from === undefined ? {} : { from }), isOnlyIfMoved: false })
