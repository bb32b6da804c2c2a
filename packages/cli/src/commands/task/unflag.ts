import type { CommandRun, CommandSpec, NoFlags } from '../../command.ts'
import { flagPositional, taskPositional } from '../../task/arguments.ts'
import { flagItem } from '../../task/flag-item.ts'

export const spec: CommandSpec<NoFlags, [task: string, flag: string]> = {
  description: ['Takes a flag of a work item back. Its lanes stay with whoever holds them.'],
  parameters: { positional: { kind: 'tuple', parameters: [taskPositional, flagPositional] } },
  examples: [['task unflag ABC-12 requires_migration', 'it needs no migration after all']],
}

export const run: CommandRun<NoFlags, [task: string, flag: string]> = (context, _flags, task, flag) =>
  flagItem(context, { task, flag, isSet: false })
