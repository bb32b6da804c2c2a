import type { LanesConfig } from '@conduct/config'
import { ConductError, nearest } from '@conduct/core'
import type { ForgeRepository } from '@conduct/forge'
import { systemClock } from '@conduct/lanes/engine'
import {
  isFinal,
  isSameName,
  knownFlags,
  type LaneRule,
  openIssueTasks,
  openTasks,
  shownState,
  standingOf,
  type Task,
  type Tasks,
  type TaskStanding,
} from '@conduct/tasks'
import type { CommandContext } from '../command.ts'
import type { Estate } from '../estate/open-estate.ts'
import { lookAtLanes } from '../lane/look.ts'

/** The work items of an estate, with what its lanes say about them. */
export interface Work {
  readonly tasks: Tasks
  readonly rules: readonly LaneRule[]
  /** As it is named everywhere: what was typed may be shorter. */
  readonly idOf: (typed: string) => string
  /** Of the provider: picked up from, and moved to when it is. */
  readonly words: { readonly ready: string; readonly started: string }
}

export function openWork(estate: Estate, context: CommandContext): Work {
  const rules = [...estate.config.lanes].map(([lane, { scope, triggers }]) => ({
    lane,
    scope,
    flags: triggers.flags,
  }))
  const { store, config } = estate
  const atForge = config.tasks
  if (atForge !== null) {
    const { repo, states } = atForge
    const [ready = 'open', started = ready] = states
    const tasks = openIssueTasks({
      store,
      repo,
      states,
      flags: knownFlags(rules),
      repository: repositoryOf(config, { repo, context }),
      holder: estate.identity.holder,
      wallMs: Date.now,
    })
    const idOf = (typed: string): string =>
      /^#?\d+$/.test(typed) ? `${repo}#${typed.replace('#', '')}` : typed
    return { tasks, rules, idOf, words: { ready, started } }
  }
  const tasks = openTasks({ store, wallMs: Date.now })
  return { tasks, rules, idOf: (typed) => typed, words: { ready: 'open', started: 'doing' } }
}

/** @throws ConductError (when asked) FORGE_CREDENTIALS, FORGE_REMOTE_UNKNOWN */
function repositoryOf(
  config: LanesConfig,
  { repo, context }: { readonly repo: string; readonly context: CommandContext },
): () => Promise<ForgeRepository> {
  return async () => {
    const { openForges } = await import('@conduct/forge')
    const declared = config.repos.get(repo)
    const ask = openForges({ env: context.env, clock: systemClock, signal: context.signal })
    const at = declared === undefined ? null : await ask(declared)
    if (at !== null) return at.repository
    throw new ConductError('FORGE_REMOTE_UNKNOWN', `work items are issues of ${repo}, which has no forge`)
  }
}

/** What the lanes are like now, and how a task stands in them. */
export async function lookAtWork(options: { readonly estate: Estate; readonly context: CommandContext }) {
  const { estate } = options
  const views = await lookAtLanes({ ...options, names: [...estate.config.lanes.keys()] })
  const now = await estate.store.register.now()
  return { views, standing: (task: string): TaskStanding => standingOf(task, views, now) }
}

/**
 * What is written into a store that was moved is lost: its lanes say so, sealed as they are before anything is copied.
 *
 * @throws ConductError STORE_MOVED
 */
export async function requireNotMoved({ config, lanes }: Estate): Promise<void> {
  const [first] = config.lanes.keys()
  if (first !== undefined) await lanes.lane(first).inspect()
}

/**
 * As lanes.yaml writes it.
 *
 * @throws ConductError TASK_FLAG_UNKNOWN (2) with all that there are
 */
export function requireFlag(rules: readonly LaneRule[], flag: string): string {
  const flags = knownFlags(rules)
  const known = flags.find((each) => isSameName(each, flag))
  if (known !== undefined) return known
  const near = nearest(flag, flags)
  throw new ConductError('TASK_FLAG_UNKNOWN', `no lane of lanes.yaml has a flag ${JSON.stringify(flag)}`, {
    hint: `${near === null ? '' : `Did you mean ${near}? `}There are: ${flags.join(', ') || 'none'}.`,
    details: { flags },
  })
}

/** @throws ConductError TASK_UNKNOWN (4) */
export async function requireTask(tasks: Tasks, id: string): Promise<Task> {
  const task = await tasks.read(id)
  if (task !== null) return task
  throw new ConductError('TASK_UNKNOWN', `nobody has written down a task ${JSON.stringify(id)}`)
}

export function toWireTask(task: Task, standing: TaskStanding, rules: readonly LaneRule[]) {
  const { id, title, state, flags, project, repos, priority, batch, moved, added } = task
  const shown = shownState(task, standing)
  return {
    id,
    title,
    state: shown,
    ...(shown === state ? {} : { state_behind: state }),
    flags,
    project,
    repos,
    priority,
    batch,
    needs: rules
      .filter((rule) => rule.flags.some((flag) => flags.some((mine) => isSameName(mine, flag))))
      .map(({ lane }) => lane),
    waits: standing.waits.map(toWireClaim),
    holds: standing.holds.map(toWireClaim),
    ...(moved === null ? {} : { moved_from: moved.from, moved_by: moved.by, moved_at: moved.at }),
    ...(added === null
      ? {}
      : { added_by: added.by, added_at: added.at, key: added.key, duplicates: added.duplicates }),
  }
}

function toWireClaim({ lane, claim, holder, token }: TaskStanding['holds'][number]) {
  return { lane, claim, holder, ...(token === null ? {} : { token }) }
}

/**
 * Gives back what was taken for a task that has ended. Where this is cut short, whoever looks at the lanes next does it.
 *
 * @returns the lanes that were given back, and those under which a process still works.
 */
export async function giveBackLanes(
  estate: Estate,
  task: Task,
  { holds, waits }: TaskStanding,
): Promise<{ readonly released: readonly string[]; readonly working: readonly string[] }> {
  if (!isFinal(task.state)) return { released: [], working: [] }
  const released: string[] = []
  const working: string[] = []
  for (const { lane, claim, token, isAttended } of [...holds, ...waits]) {
    const because = { kind: 'task', task: task.id, state: task.state } as const
    const outcome = isAttended
      ? 'unchanged'
      : await estate.lanes.lane(lane).conclude({ claim, token, because })
    ;(outcome === 'concluded' ? released : working).push(lane)
  }
  return { released: [...new Set(released)], working: [...new Set(working)] }
}
