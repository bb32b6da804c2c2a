import { isStronger, lockModes, type LockMode } from '../facts/fact.ts'
import { classifyOperations } from '../classify/classify.ts'
import type { Operation } from '../model/operation.ts'
import type { Schema } from '../schema/schema.ts'
import type { AlterStatement } from './alter-statement.ts'

export interface FusedStatement {
  readonly text: string
  readonly isTransactional: boolean
}

/** One statement of a ticket, as the author wrote it. */
export interface GivenStatement {
  readonly text: string
  readonly operations: readonly Operation[]
  /** Null for what is no plain ALTER TABLE. */
  readonly alter: AlterStatement | null
}

/**
 * The statements of tickets, each ticket's in its own order, with what alters one table in one statement. What locks little comes
 * first and the hottest lock last; what needs a transaction of its own comes after all that does not have to wait for it.
 */
export function fuseStatements(
  tickets: readonly (readonly GivenStatement[])[],
  { major, base }: { readonly major: number; readonly base: Schema },
): readonly FusedStatement[] {
  const judge = (statement: GivenStatement) => {
    const classified = classifyOperations(statement.operations, { major, base, smallRowsMax: 0 })
    return {
      ...statement,
      isTransactional: classified.every((each) => each.isTransactional),
      lock: classified.flatMap((each) => each.locks).reduce(strongest, 'NONE' as LockMode),
    }
  }
  const queues = tickets.map((statements) => statements.map(judge))
  const fused: FusedStatement[] = []
  for (let left = queues.flat().length; left > 0; left--) {
    const heads = queues.flatMap((queue) => queue[0] ?? [])
    const [next] = heads.toSorted((one, other) => rankOf(one) - rankOf(other))
    if (next === undefined) break
    if (next.alter === null) {
      queues.find((queue) => queue[0] === next)?.shift()
      fused.push({ text: ended(next.text.trim()), isTransactional: next.isTransactional })
      continue
    }
    const { table, head } = next.alter
    const taken = queues.flatMap((queue) => takeAlters(queue, table))
    const commands = taken.map((each) => each.alter?.commands ?? '')
    const text = taken.length === 1 ? ended(next.text.trim()) : `${head}\n  ${commands.join(',\n  ')};`
    fused.push({ text, isTransactional: true })
  }
  return fused
}

/** From the front of a ticket: all that alters this table, as long as no part of it is named twice. */
function takeAlters<Statement extends GivenStatement>(
  queue: Statement[],
  table: string,
): readonly Statement[] {
  const taken: Statement[] = []
  const named = new Set<string>()
  for (let next = queue[0]; next?.alter?.table === table; next = queue[0]) {
    const names = next.operations.flatMap(namesIn)
    if (names.some((name) => named.has(name))) break
    for (const name of names) named.add(name)
    taken.push(next)
    queue.shift()
  }
  return taken
}

function namesIn(operation: Operation): readonly string[] {
  const column = 'column' in operation ? operation.column : []
  const columns = 'columns' in operation ? (operation.columns ?? []) : []
  const name = 'name' in operation && operation.name !== undefined ? [operation.name] : []
  const own =
    typeof column === 'string' ? [column] : Array.isArray(column) ? [] : [(column as { name: string }).name]
  return [...own, ...name, ...columns.map((each) => (typeof each === 'string' ? each : each.name))]
}

/** A table that is altered waits until nothing milder is left, so that all that alters it has come together. */
function rankOf(statement: {
  readonly alter: AlterStatement | null
  readonly isTransactional: boolean
  readonly lock: LockMode
}): number {
  const kind = !statement.isTransactional ? 2 : statement.alter === null ? 0 : 1
  return kind * lockModes.length + lockModes.indexOf(statement.lock)
}

function strongest(one: LockMode, { mode }: { readonly mode: LockMode }): LockMode {
  return isStronger(mode, one) ? mode : one
}

function ended(text: string): string {
  return text.endsWith(';') ? text : `${text};`
}
