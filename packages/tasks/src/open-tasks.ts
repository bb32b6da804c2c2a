import { ConductError } from '@conduct/core'
import type { Store } from '@conduct/lanes/engine'
import { decideMove } from './decide-move.ts'
import type { MoveAnswer, MoveRequest, Task } from './task.ts'

/** Errors of every call: those of the store. A read that failed is a failure, never an answer. */
export interface Tasks {
  /** Null: nobody has written it down. */
  read(id: string): Promise<Task | null>
  list(): Promise<readonly Task[]>
  /** One atomic change on stores that decide (SQLite, Postgres), a compare-and-set on the others. */
  move(id: string, request: MoveRequest): Promise<MoveAnswer>
}

const prefix = 'task/'

export function openTasks({
  store,
  wallMs,
}: {
  readonly store: Store
  readonly wallMs: () => number
}): Tasks {
  const { register } = store
  const nameOf = (id: string): string => prefix + encodeURIComponent(id)
  const readNamed = async (name: string): Promise<Task | null> => {
    const stored = await register.read<Task>(name)
    return stored === null ? null : known(stored.document)
  }
  return {
    read: (id) => readNamed(nameOf(id)),
    list: async () => {
      const names = await register.list(prefix)
      const tasks = await Promise.all(names.map(readNamed))
      return tasks.flatMap((task) => task ?? [])
    },
    move: (id, request) =>
      register.change<Task, MoveAnswer>(nameOf(id), (present) => {
        const answer = decideMove(present === null ? null : known(present), id, request, wallMs())
        return answer.outcome === 'moved' ? { write: answer.task, result: answer } : { result: answer }
      }),
  }
}

function known(task: Task): Task {
  const format: number = task.format
  if (format === 1) return task
  throw new ConductError('STORE_NEWER', `a task in the store has format ${format}`)
}
