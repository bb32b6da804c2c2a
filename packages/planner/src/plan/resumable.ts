import type { Operation } from '../model/operation.ts'

/**
 * Why a ticket cannot be run again when it fails half-way; null when it can. MySQL commits with every statement that changes the schema:
 * a file whose second statement fails has done the first, and does not run again. With one statement per file it does.
 */
export function cannotBeResumed(operations: readonly Operation[]): string | null {
  const last = new Map<string, Operation>()
  for (const operation of operations) {
    if (operation.engine !== 'mysql' || operation.kind === 'session') continue
    const { file, line } = operation.place
    const before = last.get(file)
    const isOfSame = before?.manner?.statement === operation.manner?.statement
    if (before !== undefined && !isOfSame && !isRepeatable(before)) {
      return `MySQL commits each of its statements: failed here, it cannot run again; one statement per file can (${file}:${line})`
    }
    last.set(file, operation)
  }
  return null
}

/** Done twice, it is done once. */
function isRepeatable(operation: Operation): boolean {
  if (operation.kind === 'create_table') return operation.ifNotExists
  if (operation.kind === 'drop_table' || operation.kind === 'drop_view') return operation.ifExists
  return operation.kind === 'create_view' && operation.isReplacing
}
