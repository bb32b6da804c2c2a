/**
 * A schema as plain data: what operations make of it, symbolically.
 *
 * A complete schema was read from somewhere (`schema.rb`, `structure.sql`): what it does not have does not exist. An open one
 * knows only what operations said: what it has never heard of is taken to exist when an operation needs it, and to be absent when
 * one creates it.
 */
import { canonicalJson } from '@conduct/core'

import { compareText } from '../model/compare.ts'

export type ObjectKind =
  | 'schema'
  | 'extension'
  | 'table'
  | 'column'
  | 'aspect'
  | 'index'
  | 'constraint'
  | 'trigger'
  | 'enum'
  | 'view'
  | 'function'
  | 'sequence'

export interface SchemaObject {
  readonly kind: ObjectKind
  /** From the outside in; of a table's parts the first is the table. */
  readonly path: readonly string[]
  /** It falls with this table, and with each of these columns of it. */
  readonly table?: string
  readonly columns?: readonly string[]
  /** Keys of what must stay while this stands. */
  readonly needs?: readonly string[]
  readonly value: Readonly<Record<string, unknown>>
}

export interface Schema {
  readonly isComplete: boolean
  /** By key; null is known to be gone. */
  readonly objects: ReadonlyMap<string, SchemaObject | null>
}

export const openSchema: Schema = { isComplete: false, objects: new Map() }
export const emptySchema: Schema = { isComplete: true, objects: new Map() }

export function keyOf(kind: ObjectKind, ...path: readonly string[]): string {
  return `${kind} ${path.join('.')}`
}

/** One line for each object, in an order of its own: two schemas are the same when these are. */
export function schemaLines(schema: Schema): readonly string[] {
  return [...schema.objects].map(([key, object]) => lineOf(key, object)).sort(compareText)
}

/** The lines that only one of the two has. What both have from where they came is not looked at again. */
export function differingLines(one: Schema, other: Schema): readonly string[] {
  const keys = new Set([...one.objects.keys(), ...other.objects.keys()])
  return [...keys]
    .filter((key) => one.objects.get(key) !== other.objects.get(key))
    .flatMap((key) => {
      const lines = [one, other].flatMap(({ objects }) => {
        const object = objects.get(key)
        return object === undefined ? [] : [lineOf(key, object)]
      })
      return lines.length === 2 && lines[0] === lines[1] ? [] : lines
    })
    .sort(compareText)
}

function lineOf(key: string, object: SchemaObject | null): string {
  if (object === null) return `${key} is gone`
  const { table, columns, needs, value } = object
  return `${key} ${canonicalJson({ table, columns, needs: needs?.toSorted(), value })}`
}
