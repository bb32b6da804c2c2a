import { keyOf, type ObjectKind, type Schema, type SchemaObject } from './schema.ts'

/** Why an operation cannot run here: what the server would say. */
export class Refusal extends Error {}

/** These share one space of names; so do types, of which the rows of a table are one. */
const relationKinds: readonly ObjectKind[] = ['table', 'view', 'index', 'sequence']
const typeKinds: readonly ObjectKind[] = ['table', 'view', 'enum']

/** A schema while operations change it; every method refuses what a server would. */
export class Draft {
  readonly objects: Map<string, SchemaObject | null>
  isComplete: boolean

  constructor(schema: Schema) {
    this.objects = new Map(schema.objects)
    this.isComplete = schema.isComplete
  }

  find(kind: ObjectKind, ...path: readonly string[]): SchemaObject | null | undefined {
    return this.objects.get(keyOf(kind, ...path))
  }

  /** What an operation stands on. In an open schema it is taken to exist unless it is known to be gone. */
  need(kind: ObjectKind, ...path: readonly string[]): SchemaObject {
    const found = this.find(kind, ...path)
    if (found !== undefined && found !== null) return found
    if (found === null || this.isComplete) throw new Refusal(`${keyOf(kind, ...path)} does not exist`)
    return { kind, path, value: {} }
  }

  needColumns(table: string, columns: readonly string[]): void {
    for (const each of columns) this.need('column', table, each)
  }

  /** A table or a view: what can be selected from. @returns its key. */
  needReadable(name: string): string {
    const view = this.find('view', name)
    if (view === undefined || view === null) this.need('table', name)
    return keyOf(view === undefined || view === null ? 'table' : 'view', name)
  }

  create(object: SchemaObject): void {
    const key = keyOf(object.kind, ...object.path)
    const taken = [relationKinds, typeKinds, [object.kind]]
      .filter((kinds) => kinds.includes(object.kind))
      .flatMap((kinds) => kinds.map((kind) => this.find(kind, ...object.path)))
    if (taken.some((each) => each !== undefined && each !== null)) throw new Refusal(`${key} exists already`)
    this.put(object)
  }

  put(object: SchemaObject): void {
    this.objects.set(keyOf(object.kind, ...object.path), object)
  }

  change(object: SchemaObject, value: Readonly<Record<string, unknown>>): void {
    this.put({ ...object, value: { ...object.value, ...value } })
  }

  /** Refuses while something else needs it. */
  drop(object: SchemaObject): void {
    const key = keyOf(object.kind, ...object.path)
    const needing = this.all().find((each) => each.needs?.includes(key) === true && !fallsWith(each, object))
    if (needing !== undefined) throw new Refusal(`${keyOf(needing.kind, ...needing.path)} depends on ${key}`)
    this.forget(key)
  }

  /** What falls with it: keys of other tables that refer to it, and what views select from it. */
  dropNeeding(key: string): void {
    for (const each of this.all()) {
      if (each.needs?.includes(key) !== true) continue
      const own = keyOf(each.kind, ...each.path)
      this.forget(own)
      if (each.kind === 'view' || each.kind === 'table') this.dropNeeding(own)
    }
  }

  forget(key: string): void {
    if (this.isComplete) this.objects.delete(key)
    else this.objects.set(key, null)
  }

  all(): readonly SchemaObject[] {
    return [...this.objects.values()].filter((each) => each !== null)
  }

  partsOf(table: string): readonly SchemaObject[] {
    return this.all().filter((each) => each.table === table)
  }

  finish(): Schema {
    return { isComplete: this.isComplete, objects: this.objects }
  }
}

/** A part goes with its table, and needs of one part of a table hold no other part when all of them go. */
function fallsWith(part: SchemaObject, whole: SchemaObject): boolean {
  if (part.table === undefined) return false
  if (whole.kind === 'table') return part.table === whole.path[0]
  return (
    whole.kind === 'column' &&
    part.table === whole.path[0] &&
    part.columns?.includes(whole.path[1] ?? '') === true
  )
}
