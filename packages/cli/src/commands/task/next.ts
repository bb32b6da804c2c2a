import { chooseNext } from '@conduct/tasks'
import { textValue } from '../../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { openEstate, requireLane } from '../../estate/open-estate.ts'
import { lookAtWork, openWork } from '../../task/open-work.ts'
import { quoteWord } from '../../quote-word.ts'

export type Flags = { readonly lane?: string; readonly state?: string; readonly to?: string }

const text = { kind: 'parsed', parse: textValue, optional: true } as const

export const spec: CommandSpec<Flags, []> = {
  description: [
    'Something to pick up in the meantime: the most urgent item that needs no lane which somebody else holds or waits for. It is yours once the printed move has answered moved; if somebody was faster, that says so, and you ask again.',
  ],
  parameters: {
    flags: {
      lane: { ...text, placeholder: 'lane', brief: 'Nor this lane, whoever has it' },
      state: { ...text, placeholder: 'state', brief: 'What can be picked up; default: open' },
      to: { ...text, placeholder: 'state', brief: 'Where it goes then; default: doing' },
    },
  },
  examples: [
    ['task next --lane backend_migration', 'work to do while others migrate'],
    ['task next --json', 'for an agent that looks for work'],
  ],
}

export const run: CommandRun<Flags, []> = async (context, flags) => {
  await using estate = await openEstate(context)
  if (flags.lane !== undefined) requireLane(estate.config, flags.lane)
  const { tasks, rules, words } = openWork(estate, context)
  const { views, standing } = await lookAtWork({ estate, context })
  const all = await tasks.list()
  const asker = estate.identity.holder
  const isClaimed = (id: string): boolean => {
    const { waits, holds } = standing(id)
    return waits.length > 0 || holds.some(({ holder }) => holder !== asker)
  }
  const claimed = new Set(all.flatMap(({ id }) => (isClaimed(id) ? id : [])))
  const ready = flags.state ?? words.ready
  const { next, leftOut } = chooseNext({
    tasks: all,
    ready,
    rules,
    views,
    claimed,
    asker,
    avoid: flags.lane ?? null,
  })
  const data = { left_out: leftOut }
  if (next === null) {
    return {
      exit: 0,
      data: { outcome: 'none', task: null, ...data },
      text: () =>
        [
          `Nothing that is ${ready} can be picked up now.`,
          ...leftOut.map((each) => `  ${each.task}: ${each.because}`),
          '',
        ].join('\n'),
      next: null,
    }
  }
  const { task } = next
  const to = flags.to ?? words.started
  const move = `${estate.launcherHere} task move ${quoteWord(task.id)} --to ${quoteWord(to)} --from ${quoteWord(task.state)} --only-if-moved`
  const needs = next.needs.map(({ lane }) => lane)
  return {
    exit: 0,
    data: {
      outcome: 'found',
      task: task.id,
      title: task.title,
      state: task.state,
      to,
      flags: task.flags,
      needs,
      move,
      ...data,
    },
    text: () =>
      `${task.id}${task.title === null ? '' : `: ${task.title}`} (${task.state}${needs.length === 0 ? '' : `, needs ${needs.join(', ')}`})\n`,
    next: move,
  }
}
