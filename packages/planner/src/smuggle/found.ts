import type { Operation } from '../model/operation.ts'

export interface Found {
  readonly line: number
  readonly what: string
}

/** What only a server keeps: the schema file of Rails has no words for it. */
const leftOut: readonly Operation['kind'][] = [
  'create_function',
  'create_trigger',
  'create_view',
  'create_sequence',
]

/** What MySQL’s reader has no reading of, and schema.rb no words for. */
const unreadProgram = /^the statement CREATE .*\b(?:TRIGGER|FUNCTION|PROCEDURE|EVENT|VIEW)\b/i

export function isLeftOut(operation: Operation): boolean {
  return (
    leftOut.includes(operation.kind) || (operation.kind === 'opaque' && unreadProgram.test(operation.reason))
  )
}

/** What operations change, each once: MySQL’s `MODIFY` says with a type all else of its column anew. */
export function foundAmong(
  operations: readonly Operation[],
  lineOf: (operation: Operation) => number,
): readonly Found[] {
  const restated = operations.filter(
    (each, at) =>
      (each.kind === 'set_default' || each.kind === 'set_nullable') &&
      each.manner !== undefined &&
      operations
        .slice(0, at)
        .some(
          (before) =>
            before.kind === 'change_type' &&
            before.column === each.column &&
            before.manner?.statement === each.manner?.statement,
        ),
  )
  return operations.filter((each) => !restated.includes(each)).flatMap((each) => foundIn(each, lineOf(each)))
}

function foundIn(operation: Operation, line: number): readonly Found[] {
  if (operation.kind === 'data' || operation.kind === 'session') return []
  if (operation.kind === 'opaque') {
    // A block may do anything; a text that is no SQL does nothing.
    const isStatement = /^(?:DO\b|the statement (?:CREATE|ALTER|DROP|RENAME)\b)/i.test(operation.reason)
    return isStatement ? [{ line, what: operation.reason }] : []
  }
  const name = 'name' in operation ? operation.name : 'table' in operation ? operation.table : ''
  return [{ line, what: `${operation.kind.replaceAll('_', ' ')} ${name ?? ''}`.trimEnd() }]
}
