import type { Operation } from './operation.ts'

/** What one reader made of one file. */
export interface ReadFile {
  readonly file: string
  readonly operations: readonly Operation[]
  readonly coverage: Coverage
}

/** Every reading says how much it understood: statements that were resolved, of all there are. */
export interface Coverage {
  readonly resolved: number
  readonly total: number
}

/** One piece of work with its schema changes, in the order in which they run. */
export interface SchemaTicket {
  readonly id: string
  readonly operations: readonly Operation[]
}

export function coverageOf(operations: readonly Operation[]): Coverage {
  const resolved = operations.filter((operation) => operation.kind !== 'opaque').length
  return { resolved, total: operations.length }
}
