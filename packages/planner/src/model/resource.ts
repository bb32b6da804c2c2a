/**
 * The identity of what an operation touches, and what it does to it.
 *
 * Tables, indexes, views and sequences share one space of names in Postgres, so all of them are a `relation`.
 */

export type ResourceKind =
  | 'relation'
  | 'column'
  | 'constraint'
  | 'trigger'
  | 'type'
  | 'enum_value'
  | 'function'
  | 'extension'
  | 'schema'
  /** All that falls with a table: what has a name of its own and does not say whose it is. */
  | 'contents'
  /** The promise that some columns of a table are unique: what a foreign key stands on. */
  | 'uniqueness'

export interface Resource {
  readonly kind: ResourceKind
  /** From the outside in: `['orders', 'state']`. A last part `*` stands for all of them. */
  readonly path: readonly string[]
}

/**
 * `use` leaves a dependency behind (an index on a column), `read` does not (a backfill, or a drop inside the table);
 * `write` changes rows; `lock` says nothing about the schema; `unknown` may be any of them.
 */
export type Mode = 'create' | 'drop' | 'modify' | 'use' | 'read' | 'write' | 'unknown'

export interface Touch {
  readonly resource: Resource
  readonly mode: Mode
  /** What of the resource is modified; two different aspects do not disturb each other. */
  readonly aspect?: string
}

export function resourceKey(resource: Resource): string {
  return `${resource.kind}:${resource.path.join('.')}`
}

/** Whether the two name the same thing, counting `*` as every name at its place. */
export function isSameResource(one: Resource, other: Resource): boolean {
  if (one.kind !== other.kind || one.path.length !== other.path.length) return false
  return one.path.every((part, at) => part === other.path[at] || part === '*' || other.path[at] === '*')
}
