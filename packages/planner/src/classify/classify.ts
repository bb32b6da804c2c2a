/**
 * How much of a disturbance an operation is, by what was measured on real servers of that major; and what it locks meanwhile.
 *
 * What no row tells is classed by what it does, never below that; what could not be read is `opaque`.
 */
import type { Fact, FactClass, LockMode } from '../facts/fact.ts'
import { lookUpFact, type FactKey } from '../facts/lookup.ts'
import type { MysqlFactKey } from '../facts/mysql-facts.ts'
import type { Operation } from '../model/operation.ts'
import { keyOf, type Schema } from '../schema/schema.ts'
import { factKeyOf, type Known } from './fact-key.ts'
import { classifyMysql } from './mysql.ts'

export type OperationClass = FactClass | 'opaque'

export interface Classified {
  readonly operation: Operation
  readonly cls: OperationClass
  /** The row that says so. */
  readonly fact: FactKey | `mysql ${MysqlFactKey}` | null
  readonly locks: readonly TableLock[]
  /** False: it needs a file of its own. It runs in no transaction, or what it adds can be used only after its own. */
  readonly isTransactional: boolean
  /** Of what is scanned or rewritten: whether the table has few rows; null when nobody knows. */
  readonly isSmall: boolean | null
  /** Of its table; null when nobody knows. */
  readonly rows: number | null
}

export interface TableLock {
  readonly table: string
  readonly mode: LockMode
}

export interface Surroundings {
  readonly major: number
  readonly base: Schema
  /** Undefined for a table whose size is not known. */
  readonly rowsOf?: (table: string) => number | undefined
  readonly smallRowsMax: number
}

/** The operations of one ticket, in order: what it creates itself is empty, and nobody else uses it yet. */
export function classifyOperations(
  operations: readonly Operation[],
  surroundings: Surroundings,
): readonly Classified[] {
  const created = new Set<string>()
  return operations.flatMap((operation): Classified[] => {
    if (operation.kind === 'session') return []
    const classified =
      operation.engine === 'mysql'
        ? classifyOnMysql(operation, operations, { ...surroundings, created })
        : classify(operation, { ...surroundings, created })
    if (operation.kind === 'create_table') created.add(operation.table)
    if (operation.kind === 'rename_table' && created.has(operation.table)) created.add(operation.to)
    return [classified]
  })
}

function classify(
  operation: Operation,
  { major, base, rowsOf, smallRowsMax, created }: Surroundings & { readonly created: ReadonlySet<string> },
): Classified {
  const table = 'table' in operation ? operation.table : undefined
  const isNew = table !== undefined && created.has(table)
  const key = isNew ? factOnNewTable(operation) : factKeyOf(operation, knownBy(base))
  const fact = key === null ? undefined : lookUpFact(key, major)
  // What it creates itself is empty.
  const rows = table === undefined ? undefined : isNew ? 0 : rowsOf?.(table)
  return {
    operation,
    cls: classOf(operation, { fact, isNew }),
    fact: fact === undefined ? null : key,
    locks:
      fact === undefined
        ? unmeasuredLocks(operation)
        : locksOf(operation, fact).filter((lock) => !created.has(lock.table)),
    isTransactional: fact === undefined || fact.transactional === 'yes',
    isSmall: rows === undefined ? null : rows <= smallRowsMax,
    rows: rows ?? null,
  }
}

/** Each statement commits: a file of its own would give it nothing. */
function classifyOnMysql(
  operation: Operation,
  all: readonly Operation[],
  { base, rowsOf, smallRowsMax, created }: Surroundings & { readonly created: ReadonlySet<string> },
): Classified {
  const table = 'table' in operation ? operation.table : undefined
  const isNew = table !== undefined && created.has(table)
  const together = all.filter(
    (each) => each !== operation && each.manner?.statement === operation.manner?.statement,
  )
  const { key, fact, cls } = classifyMysql(operation, { known: knownBy(base), together })
  const rows = table === undefined ? undefined : isNew ? 0 : rowsOf?.(table)
  return {
    operation,
    cls:
      operation.kind === 'opaque' || operation.kind === 'data' || isNew
        ? classOf(operation, { fact: undefined, isNew })
        : (cls ?? 'opaque'),
    fact: key === null ? null : `mysql ${key}`,
    locks:
      fact === undefined
        ? unmeasuredLocks(operation)
        : locksOf(operation, fact).filter((lock) => !created.has(lock.table)),
    isTransactional: true,
    isSmall: rows === undefined ? null : rows <= smallRowsMax,
    rows: rows ?? null,
  }
}

/** Only a reference reaches out of a table that is new. */
function factOnNewTable(operation: Operation): FactKey {
  return operation.kind === 'add_foreign_key' ? 'create_table_with_fk' : 'create_table'
}

function classOf(
  operation: Operation,
  { fact, isNew }: { fact: Fact | undefined; isNew: boolean },
): OperationClass {
  if (operation.kind === 'opaque') return 'opaque'
  if (operation.kind === 'data' && operation.verb !== 'truncate') return 'X'
  if (isNew) return operation.kind === 'add_foreign_key' ? 'S1' : 'S0'
  if (fact !== undefined) return fact.cls
  // A statement without a row for this major is one that it does not know.
  return unmeasured.get(operation.kind) ?? 'opaque'
}

const unmeasured: ReadonlyMap<Operation['kind'], OperationClass> = new Map<Operation['kind'], OperationClass>(
  [
    ['create_extension', 'S0'],
    ['create_function', 'S1b'],
    ['drop_function', 'D'],
    ['drop_extension', 'D'],
  ],
)

function knownBy(base: Schema): Known {
  return {
    typeOf: (table, column) => {
      const type = base.objects.get(keyOf('column', table, column))?.value['type']
      return typeof type === 'string' ? type : undefined
    },
    isNullable: (table, column) => {
      const nullable = base.objects.get(keyOf('column', table, column))?.value['nullable']
      return typeof nullable === 'boolean' ? nullable : undefined
    },
  }
}

function locksOf(operation: Operation, fact: Fact): readonly TableLock[] {
  const tables = tablesOf(operation)
  return fact.locks.flatMap(({ on, mode }) => tables[on].map((table) => ({ table, mode })))
}

function unmeasuredLocks(operation: Operation): readonly TableLock[] {
  if (operation.kind !== 'opaque' || operation.touches === 'anything') return []
  return operation.touches.map((table) => ({ table, mode: 'ACCESS EXCLUSIVE' }))
}

type Place = Fact['locks'][number]['on']

/** Which tables the places of a fact are, for this operation. Locks of indexes and sequences say nothing that their table does not. */
function tablesOf(operation: Operation): Readonly<Record<Place, readonly string[]>> {
  const none = { subject: [], table: [], referenced: [], related: [], index: [] }
  if (operation.kind === 'data')
    return { ...none, subject: operation.writes, referenced: operation.reads, related: operation.reads }
  if (operation.kind === 'create_view')
    return { ...none, subject: [operation.name], related: operation.reads }
  if (operation.kind === 'drop_view') return { ...none, subject: [operation.name] }
  if (operation.kind === 'create_table') {
    const parent = operation.parent === undefined ? [] : [operation.parent]
    const others = [...(operation.reads ?? []), ...(operation.like ?? []), ...parent]
    return { ...none, subject: others, related: others }
  }
  const table = 'table' in operation && operation.table !== undefined ? [operation.table] : []
  const referenced =
    'references' in operation && operation.references !== undefined ? [operation.references] : []
  return { ...none, subject: table, table, referenced }
}
