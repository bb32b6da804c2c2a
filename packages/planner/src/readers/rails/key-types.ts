import type { Column, Operation } from '../../model/operation.ts'
import type { Schema } from '../../schema/schema.ts'

/** Of a key whose type the app's configuration says, which is in no migration; before it what Rails takes where that says nothing. */
export const unknownKeyType = '?'

/**
 * Gives keys whose type stands in the app's configuration the type that most keys of the base have, where these do not count: the
 * configuration made them. Where they count it says nothing, and they are what Rails makes. They stay as unsure as they were read.
 */
export function withKeyTypes(base: Schema, operations: readonly Operation[]): readonly Operation[] {
  const usual = usualKey(base)
  if (usual === null) return operations
  const filled = (column: Column, isKey: boolean): Column => {
    if (!column.type.endsWith(unknownKeyType)) return column
    const fallback = column.type.slice(0, -unknownKeyType.length)
    if (fallback !== '' && counting.test(usual.type)) return { ...column, type: fallback }
    if (!isKey) return { ...column, type: referenceTypes[usual.type] ?? usual.type }
    const { type, default: text } = usual
    return { ...column, type, ...(text === undefined ? {} : { default: { volatility: 'volatile', text } }) }
  }
  return operations.map((operation): Operation => {
    if (operation.kind === 'create_table') {
      const { columns, primaryKey } = operation
      return { ...operation, columns: columns.map((each) => filled(each, primaryKey.includes(each.name))) }
    }
    return operation.kind === 'add_column'
      ? { ...operation, column: filled(operation.column, false) }
      : operation
  })
}

const counting = /^(?:big)?serial$|^(?:big)?int(?:eger)?\b/

const referenceTypes: Readonly<Record<string, string>> = {
  bigserial: 'bigint',
  serial: 'integer',
}

interface UsualKey {
  readonly type: string
  readonly default?: string
}

function usualKey({ objects }: Schema): UsualKey | null {
  const found = new Map<string, { count: number; readonly key: UsualKey }>()
  for (const each of objects.values()) {
    if (each?.kind !== 'column' || each.path[1] !== 'id') continue
    const { type, default: text } = each.value
    if (typeof type !== 'string') continue
    const key = { type, ...(typeof text === 'string' ? { default: text } : {}) }
    const same = found.get(JSON.stringify(key)) ?? { count: 0, key }
    same.count++
    found.set(JSON.stringify(key), same)
  }
  const [first] = [...found.values()].toSorted((one, other) => other.count - one.count)
  return first?.key ?? null
}
