import type { IndexShape } from '../model/operation.ts'
import type { Touch } from '../model/resource.ts'
import { generatedName, indexName } from './names.ts'
import { column, inSchemaOf, insideOf, onTable, touch, unique, usedColumns, type Of } from './touches.ts'

export function ofIndex(operation: Of<'create_index' | 'drop_index' | 'rename_index' | 'reindex'>): Touch[] {
  switch (operation.kind) {
    case 'create_index': {
      const { table } = operation
      return [
        onTable(table),
        ...usedColumns(table, operation.columns),
        touch('relation', [indexName(table, operation)], 'create'),
        ...(operation.isUnique && operation.where === undefined
          ? [unique(table, keyOf(operation), 'create')]
          : []),
      ]
    }
    case 'drop_index': {
      const name = operation.name ?? generatedName(operation.table ?? '', operation.columns ?? [], 'idx')
      const dropped = touch('relation', [inSchemaOf(operation.table, name)], 'drop')
      const lost =
        operation.table === undefined || operation.columns === undefined
          ? touch('uniqueness', [operation.table ?? '*', '*'], 'drop')
          : unique(operation.table, operation.columns, 'drop')
      return [...whereIndexStands(operation), dropped, lost]
    }
    case 'rename_index':
      return [
        ...whereIndexStands(operation),
        touch('relation', [inSchemaOf(operation.table, operation.name)], 'drop'),
        touch('relation', [inSchemaOf(operation.table, operation.to)], 'create'),
      ]
    case 'reindex':
      return [insideOf(operation.name)]
    default:
      return operation satisfies never
  }
}

/** It falls with its table and with each of its columns; plain SQL names neither. */
function whereIndexStands({ table, columns }: { table?: string; columns?: readonly string[] }): Touch[] {
  const home = table === undefined ? touch('contents', ['*'], 'read') : insideOf(table)
  return [home, ...(columns ?? ['*']).map((each) => column(table ?? '*', each, 'read'))]
}

/** What must be unique, without its order; the columns that only ride along do not count. */
function keyOf(index: IndexShape): readonly string[] {
  return index.elements
    .filter((element) => !element.startsWith('include '))
    .map((element) => (element.startsWith('(') ? element : element.replace(/ .*/, '')))
}
