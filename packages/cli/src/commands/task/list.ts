import { isFinal, isSameName } from '@conduct/tasks'
import { textValue } from '../../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { openEstate } from '../../estate/open-estate.ts'
import { table } from '../../help/table.ts'
import { lookAtWork, openWork, toWireTask } from '../../task/open-work.ts'

export type Flags = { readonly state?: string; readonly flag?: string; readonly all: boolean }

const text = { kind: 'parsed', parse: textValue, optional: true } as const

export const spec: CommandSpec<Flags, []> = {
  description: [
    'Work items with their states and flags. What stands in line for a lane is lane_queued. What is done or failed is left out, unless asked for.',
  ],
  parameters: {
    flags: {
      state: { ...text, placeholder: 'state', brief: 'Only those in that state' },
      flag: { ...text, placeholder: 'flag', brief: 'Only those with that flag' },
      all: { kind: 'boolean', brief: 'Also what is done or failed' },
    },
  },
  examples: [
    ['task list --state open', 'what nobody has begun'],
    ['task list --flag requires_migration', 'what needs the migration lane'],
  ],
}

export const run: CommandRun<Flags, []> = async (context, { state, flag, all: isAll }) => {
  await using estate = await openEstate(context)
  const { tasks, rules } = openWork(estate, context)
  const { standing } = await lookAtWork({ estate, context })
  const all = (await tasks.list()).map((task) => toWireTask(task, standing(task.id), rules))
  const found = all.filter(
    (task) =>
      (isAll || state !== undefined || !isFinal(task.state)) &&
      (state === undefined || isSameName(task.state, state)) &&
      (flag === undefined || task.flags.some((each) => isSameName(each, flag))),
  )
  return {
    exit: 0,
    data: { tasks: found },
    text: (style) =>
      found.length === 0
        ? 'No tasks.\n'
        : table(
            found.map((task) => [
              task.id,
              [task.state, ...task.flags, ...(task.title === null ? [] : [task.title])].join('  '),
            ]),
            style,
          ),
    next: null,
  }
}
