import { ConductError } from '@conduct/core'
import type { ForgeRepository, WorkItem } from '@conduct/forge'
import { type LaneDefinition, openLanes, type Store, systemClock } from '@conduct/lanes/engine'
import { issueIn, isStateOfIssues, stateOfIssue, toTask } from './issue-state.ts'
import { openTasks } from './open-tasks.ts'
import { isSameName, type MoveAnswer, type Task } from './task.ts'
import type { Tasks } from './tasks.ts'

export interface IssueTasksOptions {
  readonly store: Store
  /** Opened when it is first asked. */
  readonly repository: () => Promise<ForgeRepository>
  /** The name that it has in lanes.yaml: ids are `repo#number`. */
  readonly repo: string
  /** Labels that are states. */
  readonly states: readonly string[]
  /** Labels that are flags. */
  readonly flags: readonly string[]
  readonly holder: string
  readonly wallMs: () => number
}

/** The lane around every change of the issues of one repo; it is nobody's to declare, and held for one change only. */
export const issueLane = 'conduct.issues'

export const issueLaneDefinition: LaneDefinition = {
  scope: 'project',
  limit: 1,
  order: 'strict',
  whenHeld: 'queue',
  ttlMs: 60_000,
  renewMs: 10_000,
  marginMs: 10_000,
  waitingTtlMs: 120_000,
  waitingMax: 200,
  acceptMs: 30_000,
  takeoverDelayMs: 30_000,
  captains: [],
  holders: null,
  purpose: 'The forge cannot compare: one change of its issues at a time.',
}

const turnMsMax = 60_000
const changeMsMax = 30_000

/**
 * Issues of a repo at its forge as work items. The forge compares nothing, so reading, comparing and writing happen
 * under a lane of their own, one at a time for all of conduct; a person at the forge may still be faster than that, and
 * what is written is one request. Who moved what is noted in the store.
 */
export function openIssueTasks(options: IssueTasksOptions): Tasks {
  const { store, repo, states, flags, wallMs } = options
  const notes = openTasks({ store, wallMs })
  const shape = async (item: WorkItem): Promise<Task> => {
    const id = `${repo}#${item.number}`
    const state = stateOfIssue(item, states)
    if (state.kind === 'ambiguous') {
      throw new ConductError('TASK_STATE_AMBIGUOUS', `${id} has several states: ${state.labels.join(', ')}`)
    }
    return toTask(item, { id, state: state.state, flags, repo, noted: await notes.read(id) })
  }
  const find = async (number: number): Promise<WorkItem | null> => {
    const reading = await (await options.repository()).readWorkItem(number)
    if (reading.state === 'unknown') throw new ConductError('FORGE_UNREACHABLE', reading.reason)
    return reading.state === 'present' ? reading.value : null
  }
  const change = async <Result>(
    id: string,
    act: (item: WorkItem, write: ForgeRepository['writeWorkItem']) => Promise<Result>,
  ): Promise<Result> => {
    const number = numberOf(repo, id)
    const repository = await options.repository()
    return underLane(options, async () => {
      const item = await find(number)
      if (item === null)
        throw new ConductError('TASK_UNKNOWN', `${repository.fullName} has no issue ${number}`)
      return act(item, (wanted) => repository.writeWorkItem(wanted))
    })
  }
  return {
    read: async (id) => {
      const number = numberIn(repo, id)
      const item = number === null ? null : await find(number)
      return item === null ? null : shape(item)
    },
    list: async () => {
      const reading = await (await options.repository()).readOpenWorkItems()
      if (reading.state === 'unknown') throw new ConductError('FORGE_UNREACHABLE', reading.reason)
      const items = reading.state === 'present' ? reading.value : []
      // One that nobody can tell the state of is nothing to hand out.
      return Promise.all(items.filter((item) => stateOfIssue(item, states).kind === 'state').map(shape))
    },
    move: async (id, request) => {
      if (!isStateOfIssues(request.to, states)) {
        throw new ConductError(
          'TASK_STATE_UNKNOWN',
          `the issues of ${repo} have no state ${JSON.stringify(request.to)}`,
          {
            hint: `There are: ${[...states, 'open', 'done', 'failed'].join(', ')}.`,
          },
        )
      }
      return change<MoveAnswer>(id, async (item, write) => {
        const task = await shape(item)
        const { to, from } = request
        const answer = { task, from: task.state, to, isGuarded: from !== undefined }
        if (isSameName(task.state, to)) return { ...answer, outcome: 'already' }
        if (from !== undefined && !isSameName(task.state, from)) return { ...answer, outcome: 'refused' }
        const written = await write({ number: item.number, ...issueIn(item, to, states) })
        // Only a note of who it was: what the issue shows is the state.
        await noteMove(notes, id, { ...request, from: task.state })
        return { ...answer, outcome: 'moved', task: await shape(written) }
      })
    },
    add: async () => {
      throw new ConductError('TASK_ELSEWHERE', `work items are the issues of ${repo}: open one there`)
    },
    flag: (id, { flag, isSet, by }) =>
      change(id, async (item, write) => {
        const has = item.labels.some((label) => isSameName(label, flag))
        if (has === isSet) return { outcome: 'already', task: await shape(item) }
        const others = item.labels.filter((label) => !isSameName(label, flag))
        const labels = isSet ? [...others, flag] : others
        const written = await write({ number: item.number, labels, state: item.state })
        await notes.flag(id, { flag, isSet, by })
        return { outcome: 'changed', task: await shape(written) }
      }),
    history: (id) => notes.history(id),
  }
}

/** The note follows the issue, whatever it said before: somebody may have moved the issue at the forge. */
async function noteMove(
  notes: Tasks,
  id: string,
  { from, to, by }: { readonly from: string; readonly to: string; readonly by: string },
): Promise<void> {
  const noted = await notes.read(id)
  if (noted !== null && isSameName(noted.state, to)) await notes.move(id, { to: from, by: 'forge:somebody' })
  await notes.move(id, { to, by, ...(noted === null ? { from } : {}) })
}

async function underLane<Result>(
  { store, repo, holder }: IssueTasksOptions,
  act: () => Promise<Result>,
): Promise<Result> {
  const lanes = openLanes({
    store,
    definitions: new Map([[issueLane, issueLaneDefinition]]),
    identity: { holder, person: null },
    clock: systemClock,
    renewal: 'inline',
  })
  const claimed = await lanes
    .lane(issueLane)
    .acquire({ resources: [repo], attended: true, waitMsMax: turnMsMax })
  if (claimed.outcome !== 'granted') {
    throw new ConductError('STORE_UNREACHABLE', `the turn to change issues of ${repo} did not come in time`)
  }
  await using lease = claimed.lease
  return await lease.guard({ name: 'change an issue', timeoutMs: changeMsMax }, act)
}

function numberIn(repo: string, id: string): number | null {
  const match = /^(?:(?<repo>[^#]+)#|#)?(?<number>\d{1,9})$/.exec(id)
  const isHere = match !== null && (match.groups?.['repo'] === undefined || id.startsWith(`${repo}#`))
  return isHere ? Number(match.groups?.['number']) : null
}

/** @throws ConductError TASK_UNKNOWN */
function numberOf(repo: string, id: string): number {
  const number = numberIn(repo, id)
  if (number !== null) return number
  throw new ConductError('TASK_UNKNOWN', `${JSON.stringify(id)} names no issue of ${repo}: write ${repo}#12`)
}
