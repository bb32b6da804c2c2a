import { randomUUID } from 'node:crypto'
import { ConductError, isConductError, type Json } from '@conduct/core'
import type { Decision, Store } from '@conduct/lanes/engine'
import { decideAdd, decideFlag } from './decide-item.ts'
import { decideMove } from './decide-move.ts'
import {
  type AddAnswer,
  type FlagAnswer,
  type MoveAnswer,
  newTask,
  type Task,
  type TaskRecord,
} from './task.ts'
import type { Tasks } from './tasks.ts'

/**
 * Work items in the store. What compares and changes is one atomic change on stores that decide (SQLite, Postgres), a
 * compare-and-set on the others; its line of the history is part of it.
 */
export function openTasks({
  store,
  wallMs,
}: {
  readonly store: Store
  readonly wallMs: () => number
}): Tasks {
  const { register, log } = store
  const readNamed = async (name: string): Promise<Task | null> =>
    known((await register.read<Task>(name))?.document ?? null)
  const change = <Result>(id: string, decide: (present: Task | null) => Change<Result>): Promise<Result> =>
    again(() =>
      register.change<Task, Result>(nameOf(id), (present) => toDecision(id, decide(known(present)))),
    )
  return {
    read: (id) => readNamed(nameOf(id)),
    list: async () => {
      const names = await register.list(prefix)
      const tasks: (Task | null)[] = []
      for (let from = 0; from < names.length; from += readsMax) {
        tasks.push(...(await Promise.all(names.slice(from, from + readsMax).map(readNamed))))
      }
      return tasks.flatMap((task) => task ?? [])
    },
    move: (id, request) => {
      const attempt = randomUUID()
      return change<MoveAnswer>(id, (present) => {
        const at = wallMs()
        const answer = decideMove(present, id, request, { wallMs: at, attempt })
        const isKnown = answer.task === present
        if (answer.outcome !== 'moved' || isKnown) return { result: answer }
        const { from, to, isGuarded, task } = answer
        const batch = task.batch === null ? {} : { batch: task.batch }
        const said = { did: 'moved', from, to, guarded: isGuarded, ...batch } as const
        return { task, record: { at: new Date(at).toISOString(), by: request.by, ...said }, result: answer }
      })
    },
    add: (id, request) =>
      change<AddAnswer>(id, (present) => {
        const at = wallMs()
        const { isWritten, ...answer } = decideAdd(present, id, request, at)
        if (!isWritten) return { result: answer }
        const did = answer.outcome === 'added' ? 'added' : 'triggered_again'
        const record = { at: new Date(at).toISOString(), by: request.by, did, to: answer.task.state } as const
        return { task: answer.task, record, result: answer }
      }),
    flag: (id, request) =>
      change<FlagAnswer>(id, (present) => {
        const answer = decideFlag(present, id, request)
        if (answer.outcome === 'already') return { result: answer }
        const { by, flag, isSet } = request
        const did = isSet ? 'flagged' : 'unflagged'
        const record = { at: new Date(wallMs()).toISOString(), by, did, flag } as const
        return { task: answer.task, record, result: answer }
      }),
    history: async (id) => {
      const entries = await log.read(historyOf(id))
      return entries.map(({ record }) => record as unknown as TaskRecord)
    },
  }
}

interface Change<Result> {
  /** Absent: nothing is written. */
  readonly task?: Task
  readonly record?: TaskRecord
  readonly result: Result
}

function toDecision<Result>(id: string, { task, record, result }: Change<Result>): Decision<Task, Result> {
  if (task === undefined || record === undefined) return { result }
  const seq = task.records + 1
  const entry = { log: historyOf(id), seq, record: record as unknown as Json }
  return { write: { ...task, records: seq }, append: [entry], result }
}

/** Tasks that are read at the same time. */
const readsMax = 24

const prefix = 'task/'

function nameOf(id: string): string {
  return prefix + encodeURIComponent(id)
}

function historyOf(id: string): string {
  return `${nameOf(id)}/history`
}

/** One that an earlier conduct wrote lacks what it did not know. */
function known(task: Task | null): Task | null {
  if (task === null) return null
  const format: number = task.format
  if (format === 1) return { ...newTask(task.id, task.state), ...task }
  throw new ConductError('STORE_NEWER', `a task in the store has format ${format}`)
}

const attemptsMax = 3

/** What was asked is settled by asking it again: a move knows its own, everything else gives the same. */
async function again<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask()
    } catch (error) {
      if (attempt >= attemptsMax || !isConductError(error, 'STORE_UNREACHABLE')) throw error
    }
  }
}
