import { neededLanes } from '@conduct/tasks'
import type { CommandContext, CommandOutcome } from '../command.ts'
import { openEstate } from '../estate/open-estate.ts'
import { openWork, requireFlag, requireNotMoved } from './open-work.ts'

/** Flags say which lanes a task needs; whoever finds out says so with one command. */
export async function flagItem(
  context: CommandContext,
  wish: { readonly task: string; readonly flag: string; readonly isSet: boolean },
): Promise<CommandOutcome> {
  await using estate = await openEstate(context)
  const { tasks, rules, idOf } = openWork(estate, context)
  await requireNotMoved(estate)
  const { isSet } = wish
  const id = idOf(wish.task)
  const flag = requireFlag(rules, wish.flag)
  const { outcome, task } = await tasks.flag(id, { flag, isSet, by: estate.identity.holder })
  const needs = neededLanes(task, rules).map(({ lane }) => lane)
  const [first] = needs
  const said = outcome === 'already' ? (isSet ? 'has' : 'does not have') : isSet ? 'now has' : 'no longer has'
  return {
    exit: 0,
    data: {
      task: id,
      outcome: outcome === 'already' ? 'already' : isSet ? 'flagged' : 'unflagged',
      flag,
      flags: task.flags,
      needs,
    },
    text: () => `${id} ${said} ${flag}.${needs.length === 0 ? '' : ` It needs ${needs.join(', ')}.`}\n`,
    next: first === undefined ? null : `${estate.launcherHere} lane acquire ${first} --task ${id}`,
  }
}
