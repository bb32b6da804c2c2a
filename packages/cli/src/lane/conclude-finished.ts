import { isConductError } from '@conduct/core'
import type { LaneView } from '@conduct/lanes/engine'
import type { Task } from '@conduct/tasks'
import type { CommandContext } from '../command.ts'
import type { Estate } from '../estate/open-estate.ts'

/**
 * Ends unattended claims of tasks that are done or failed: whoever finished one gives its lanes back, and where that was
 * cut short, whoever looks next does.
 *
 * @returns the names of the lanes in which something ended.
 */
export async function concludeFinished(options: {
  readonly estate: Estate
  readonly context: CommandContext
  readonly views: readonly LaneView[]
}): Promise<readonly string[]> {
  const { estate, context, views } = options
  const claims = views.flatMap(({ lane, document }) =>
    [...document.holders, ...document.waiting].flatMap((claim) =>
      claim.task === null || claim.attended || claim.run !== null
        ? []
        : [{ lane, claim: claim.claim, task: claim.task, token: 'token' in claim ? claim.token : null }],
    ),
  )
  if (claims.length === 0) return []
  const concluded = new Set<string>()
  for (const { lane, claim, task, token } of claims) {
    const state = (await finishedTask({ estate, context, id: task }))?.state
    if (state === undefined) continue
    const because = { kind: 'task', task, state } as const
    if ((await estate.lanes.lane(lane).conclude({ claim, token, because })) === 'concluded') {
      concluded.add(lane)
    }
  }
  return [...concluded]
}

/** Null: it goes on, nobody has written it down, or nobody can tell now, which is said and is no end. */
export async function finishedTask({
  estate,
  context,
  id,
}: {
  readonly estate: Estate
  readonly context: CommandContext
  readonly id: string
}): Promise<Task | null> {
  const [{ isFinal }, { openWork }] = await Promise.all([
    import('@conduct/tasks'),
    import('../task/open-work.ts'),
  ])
  try {
    const task = await openWork(estate, context).tasks.read(id)
    return task !== null && isFinal(task.state) ? task : null
  } catch (error) {
    if (!isConductError(error) || error.code === 'STORE_UNREACHABLE') throw error
    const message = `Nobody knows whether ${id} is done: ${error.message}`
    context.emit({ type: 'warning', code: error.code, message })
    return null
  }
}
