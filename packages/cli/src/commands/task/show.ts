import type { CommandRun, CommandSpec, NoFlags } from '../../command.ts'
import { openEstate } from '../../estate/open-estate.ts'
import { taskPositional } from '../../task/arguments.ts'
import { lookAtWork, openWork, requireTask, toWireTask } from '../../task/open-work.ts'

export const spec: CommandSpec<NoFlags, [task: string]> = {
  description: ['A work item: its state, what it needs, waits for and holds, and who moved it when.'],
  parameters: { positional: { kind: 'tuple', parameters: [taskPositional] } },
  examples: [['task show ABC-12', 'where it stands, and who moved it there']],
}

export const run: CommandRun<NoFlags, [task: string]> = async (context, _flags, typed) => {
  await using estate = await openEstate(context)
  const { tasks, rules, idOf } = openWork(estate, context)
  const id = idOf(typed)
  const task = await requireTask(tasks, id)
  const { standing } = await lookAtWork({ estate, context })
  const wire = toWireTask(task, standing(id), rules)
  const history = await tasks.history(id)
  return {
    exit: 0,
    data: { task: wire, history },
    text: (style) =>
      [
        `${style.bold(id)}: ${wire.state}${wire.state === task.state ? '' : ` (${task.state} behind it)`}${task.title === null ? '' : `, ${task.title}`}`,
        ...(wire.flags.length === 0
          ? []
          : [`  flags ${wire.flags.join(', ')}: needs ${wire.needs.join(', ')}`]),
        ...wire.waits.map(({ lane, holder }) => `  waits for ${lane}, as ${holder}`),
        ...wire.holds.map(({ lane, holder }) => `  holds ${lane}, as ${holder}`),
        ...history.map(({ at, by, did, ...more }) =>
          `  ${at} ${by} ${did.replaceAll('_', ' ')} ${more.flag ?? (more.from === undefined ? (more.to ?? '') : `${more.from} → ${more.to ?? ''}`)}`.trimEnd(),
        ),
        '',
      ].join('\n'),
  }
}
