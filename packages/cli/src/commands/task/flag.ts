import type { CommandRun, CommandSpec, NoFlags } from '../../command.ts'
import { flagPositional, taskPositional } from '../../task/arguments.ts'
import { flagItem } from '../../task/flag-item.ts'

export const spec: CommandSpec<NoFlags, [task: string, flag: string]> = {
  description: [
    'Says that a work item needs the lanes of a flag of lanes.yaml. A flag that no lane knows is refused, with those that there are. An item that nobody has written down is written down with it.',
  ],
  parameters: { positional: { kind: 'tuple', parameters: [taskPositional, flagPositional] } },
  examples: [['task flag ABC-12 requires_migration', 'your own work turned out to need a migration']],
}

export const run: CommandRun<NoFlags, [task: string, flag: string]> = (context, _flags, task, flag) =>
  flagItem(context, { task, flag, isSet: true })
