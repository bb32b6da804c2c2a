import type { Touch } from '../model/resource.ts'
import type { PreparedOperation, PreparedTicket } from './prepare.ts'

export interface MissingColumn {
  readonly created: PreparedOperation
  readonly uses: PreparedOperation
  readonly column: string
}

/** What one ticket does with a column that the other's new table does not have, and that neither of them adds. */
export function missingColumns(creator: PreparedTicket, user: PreparedTicket): readonly MissingColumn[] {
  return creator.operations.flatMap((created): MissingColumn[] => {
    const { operation } = created
    if (operation.kind !== 'create_table') return []
    // The columns of a copy, of a partition and of a filled table are not in the file.
    if (operation.like !== undefined || operation.reads !== undefined || operation.parent !== undefined)
      return []
    const columnsOf = (touch: Touch): string[] => {
      const { kind, path } = touch.resource
      const [table, column] = path
      return kind === 'column' && table === operation.table && column !== undefined && column !== '*'
        ? [column]
        : []
    }
    const added = [...creator.operations, ...user.operations].flatMap((each) =>
      each.touches.filter((touch) => touch.mode === 'create').flatMap(columnsOf),
    )
    const known = new Set([...operation.columns.map((each) => each.name), ...added])
    return user.operations.flatMap((uses) =>
      uses.touches
        .flatMap(columnsOf)
        .filter((column) => !known.has(column))
        .map((column) => ({ created, uses, column })),
    )
  })
}
