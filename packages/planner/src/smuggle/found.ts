import type { Operation } from '../model/operation.ts'

export interface Found {
  readonly line: number
  readonly what: string
}

/** What only a server keeps: the schema file of Rails has no words for it. */
export const leftOut: readonly Operation['kind'][] = [
  'create_function',
  'create_trigger',
  'create_view',
  'create_sequence',
]

export function foundIn(operation: Operation, line: number): readonly Found[] {
  if (operation.kind === 'data' || operation.kind === 'session') return []
  if (operation.kind === 'opaque') {
    // A block may do anything; a text that is no SQL does nothing.
    return /^DO\b/.test(operation.reason) ? [{ line, what: operation.reason }] : []
  }
  const name = 'name' in operation ? operation.name : 'table' in operation ? operation.table : ''
  return [{ line, what: `${operation.kind.replaceAll('_', ' ')} ${name ?? ''}`.trimEnd() }]
}
