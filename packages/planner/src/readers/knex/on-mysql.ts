import type { Operation } from '../../model/operation.ts'
import type { Statement } from './table-draft.ts'

/** What a statement of Postgres, as a table was written out, is on MySQL. */
export function adaptToMysql(
  { isTogether, dropped }: Statement,
  { table, together }: { readonly table: string; readonly together: string },
): (operation: Operation) => Operation {
  return (operation) => {
    const isNamedSo = operation.kind === 'drop_constraint' && dropped !== undefined
    const isOfTable = operation.kind === 'drop_index' && operation.table === undefined
    const named = isNamedSo ? { ...operation, constraint: dropped } : operation
    const own = isOfTable ? { ...operation, table } : named
    return isTogether === true ? { ...own, manner: { statement: together } } : own
  }
}
