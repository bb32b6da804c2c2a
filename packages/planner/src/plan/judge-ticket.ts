import {
  classifyOperations,
  type Classified,
  type OperationClass,
  type TableLock,
} from '../classify/classify.ts'
import { isStronger } from '../facts/fact.ts'
import { coverageOf, type Coverage, type SchemaTicket } from '../model/ticket.ts'
import type { Item } from '../partition/model.ts'
import { resolveTicket } from '../schema/resolve.ts'
import type { Schema } from '../schema/schema.ts'
import type { BatchPolicy } from './policy.ts'
import { cannotBeResumed } from './resumable.ts'

export interface PlanTicket extends SchemaTicket {
  /** What waiting costs: a whole number of at least 1. */
  readonly weight: number
  readonly isUrgent: boolean
}

export interface JudgedTicket {
  readonly ticket: PlanTicket
  readonly operations: readonly Classified[]
  /** The worst of its operations. */
  readonly cls: OperationClass
  readonly category: Item['category']
  /** Why it has a turn to itself; empty when it has not. */
  readonly because: readonly string[]
  readonly locks: readonly TableLock[]
  readonly risk: number
  readonly coverage: Coverage
}

const worstLast: readonly OperationClass[] = ['S0', 'S1', 'S1b', 'S2', 'B1', 'D', 'X', 'B2', 'opaque']

export function judgeTicket(
  given: PlanTicket,
  base: Schema,
  {
    policy,
    rowsOf,
  }: { readonly policy: BatchPolicy; readonly rowsOf: (table: string) => number | undefined },
): JudgedTicket {
  const ticket = { ...given, ...resolveTicket(base, given) }
  const { major, smallRowsMax } = policy
  const operations = classifyOperations(ticket.operations, { major, base, rowsOf, smallRowsMax })
  const alone = operations.flatMap((each) => {
    const why = whyAlone(each)
    return why === null ? [] : [`${why} (${placeOf(each)})`]
  })
  const unresumable = cannotBeResumed(ticket.operations)
  const because = [
    ...(ticket.isUrgent ? ['it is urgent'] : []),
    ...(unresumable === null ? [] : [unresumable]),
    ...alone,
  ]
  const isContract = operations.some((each) => each.cls === 'D')
  return {
    ticket,
    operations,
    cls: operations.map((each) => each.cls).reduce(worse, 'S0'),
    category: because.length > 0 ? 'solo' : isContract ? 'contract' : 'expand',
    because,
    locks: strongestLocks(operations.flatMap((each) => each.locks)),
    risk: operations.reduce((sum, each) => sum + riskOf(each), 0),
    coverage: coverageOf(ticket.operations),
  }
}

function worse(one: OperationClass, other: OperationClass): OperationClass {
  return worstLast.indexOf(other) > worstLast.indexOf(one) ? other : one
}

function whyAlone({ operation, cls, fact, isSmall }: Classified): string | null {
  const row = fact === null ? '' : `, fact ${fact}`
  if (operation.kind === 'opaque') return `it could not be read: ${operation.reason}`
  if (cls === 'opaque') return `${operation.kind.replaceAll('_', ' ')} is not known on this server`
  if (cls === 'X') return `it changes rows${row}`
  if (cls === 'B2') return `it rewrites a table${row}`
  if (cls === 'B1' && isSmall === false) return `it blocks writes while it reads through a large table${row}`
  return null
}

function placeOf({ operation }: Classified): string {
  return `${operation.place.file}:${operation.place.line}`
}

/** A scan of a table whose size nobody knows counts as much as three brief locks. */
function riskOf({ cls, isSmall }: Classified): number {
  if (cls === 'S0') return 0
  if (cls === 'B1') return isSmall === true ? 1 : 3
  return cls === 'D' ? 2 : 1
}

export function strongestLocks(locks: readonly TableLock[]): readonly TableLock[] {
  const strongest = new Map<string, TableLock>()
  for (const lock of locks) {
    const known = strongest.get(lock.table)
    if (known === undefined || isStronger(lock.mode, known.mode)) strongest.set(lock.table, lock)
  }
  return [...strongest.values()].sort((one, other) => (one.table < other.table ? -1 : 1))
}
