import type { Operation } from '../model/operation.ts'
import type { Mode, Resource, ResourceKind, Touch } from '../model/resource.ts'
import { ownTypeOf, splitName } from './names.ts'

export type Of<K extends Operation['kind']> = Extract<Operation, { kind: K }>

export function touch(kind: ResourceKind, path: readonly string[], mode: Mode, aspect?: string): Touch {
  const resource: Resource = { kind, path }
  return aspect === undefined ? { resource, mode } : { resource, mode, aspect }
}

export const onTable = (table: string): Touch => touch('relation', [table], 'use')
export const insideOf = (table: string): Touch => touch('relation', [table], 'read')
export const column = (table: string, name: string, mode: Mode, aspect?: string): Touch =>
  touch('column', [table, name], mode, aspect)
export const usedColumns = (table: string, names: readonly string[]): Touch[] =>
  names.map((name) => column(table, name, 'use'))
export const unique = (table: string, columns: readonly string[], mode: Mode): Touch =>
  touch('uniqueness', [table, [...columns].sort().join(',')], mode)
export const usedType = (type: string): Touch[] => {
  const own = ownTypeOf({ type })
  return own === undefined ? [] : [touch('type', [own], 'use')]
}

/** A created object needs its schema; the default one is always there. */
export function schemaOf(name: string): Touch[] {
  const { schema } = splitName(name)
  return schema === '' ? [] : [touch('schema', [schema.slice(0, -1)], 'use')]
}

export function inSchemaOf(table: string | undefined, name: string): string {
  return table === undefined || name.includes('.') ? name : `${splitName(table).schema}${name}`
}
