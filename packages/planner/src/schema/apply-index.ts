import { generatedName, indexName, splitName } from '../footprint/names.ts'
import type { Of } from '../footprint/touches.ts'
import { Refusal, type Draft } from './draft.ts'
import { keyOf, type SchemaObject } from './schema.ts'

type IndexOperation = Of<'create_index' | 'drop_index' | 'rename_index' | 'reindex'>

export function applyToIndex(draft: Draft, operation: IndexOperation): string | null {
  switch (operation.kind) {
    case 'create_index': {
      const { table, columns } = operation
      const name = indexName(table, operation)
      const existing = draft.find('index', name)
      if (operation.ifNotExists && existing !== undefined && existing !== null) return null
      draft.needReadable(table)
      if (draft.find('table', table) !== undefined) draft.needColumns(table, columns)
      const { elements, isUnique, method, where, options } = operation
      const key = where === undefined ? elements.filter((each) => !each.startsWith('include ')) : []
      draft.create({
        kind: 'index',
        path: [name],
        table,
        columns,
        value: { elements, isUnique, method, where, options, key },
      })
      return null
    }
    case 'drop_index': {
      const found = findIndex(draft, operation)
      if (found === null) {
        if (operation.ifExists) return null
        throw new Refusal(`index ${operation.name ?? `on ${operation.columns?.join(', ')}`} does not exist`)
      }
      draft.drop(found)
      return null
    }
    case 'rename_index': {
      const found = findIndex(draft, operation)
      if (found === null) throw new Refusal(`index ${operation.name} does not exist`)
      draft.forget(keyOf('index', ...found.path))
      draft.create({ ...found, path: [inSchema(operation.table, operation.to)] })
      return null
    }
    case 'reindex':
      return null
    default:
      return operation satisfies never
  }
}

/** The index that a constraint brings along: it has a name among the relations, and makes columns unique. */
export function keepIndex(
  draft: Draft,
  index: {
    readonly table: string
    readonly name: string
    readonly columns: readonly string[]
    readonly isUnique: boolean
    readonly ofConstraint: boolean
  },
): void {
  const { table, name, columns, isUnique } = index
  draft.create({
    kind: 'index',
    path: [inSchema(table, name)],
    table,
    columns,
    value: { elements: columns, isUnique, key: columns, ofConstraint: true },
  })
}

/** The index that makes exactly these columns unique, in any order. */
export function uniqueOn(draft: Draft, table: string, columns: readonly string[]): SchemaObject | undefined {
  const wanted = columns.toSorted().join()
  return draft.partsOf(table).find(({ kind, value }) => {
    if (kind !== 'index' || value['isUnique'] !== true || !Array.isArray(value['key'])) return false
    return value['key'].map(String).toSorted().join() === wanted
  })
}

interface IndexRef {
  readonly table?: string
  readonly name?: string
  readonly columns?: readonly string[]
}

function findIndex(draft: Draft, { table, name, columns }: IndexRef): SchemaObject | null {
  if (name === undefined) {
    const wanted = columns?.join()
    const byColumns = draft
      .partsOf(table ?? '')
      .find((part) => part.kind === 'index' && part.columns?.join() === wanted)
    const made = generatedName(table ?? '', columns ?? [], 'idx')
    return byColumns ?? (draft.isComplete ? null : draft.need('index', made))
  }
  const found = draft.find('index', inSchema(table, name))
  if (found === undefined && !draft.isComplete) {
    return { kind: 'index', path: [inSchema(table, name)], value: {} }
  }
  if (found?.value['ofConstraint'] === true) throw new Refusal(`index ${name} belongs to a constraint`)
  return found ?? null
}

function inSchema(table: string | undefined, name: string): string {
  return table === undefined || name.includes('.') ? name : `${splitName(table).schema}${name}`
}
