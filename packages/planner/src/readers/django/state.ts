/** What Django remembers while it goes through migrations: models with their tables, fields with their columns. */
import type { SqlEngine } from '../engine.ts'
import type { DjangoField } from './field.ts'

export interface DjangoModel {
  readonly table: string
  readonly fields: ReadonlyMap<string, DjangoField>
  readonly uniqueTogether: readonly (readonly string[])[]
  readonly indexTogether: readonly (readonly string[])[]
  /** A proxy, or one that Django does not manage: no table of its own is made or changed. */
  readonly isManaged: boolean
}

/** By `app.model`, in lower case. */
export class DjangoState {
  readonly models: Map<string, DjangoModel>
  /** The models that a setting names: `AUTH_USER_MODEL`. */
  readonly swappable: Map<string, string>

  readonly engine: SqlEngine

  constructor(from?: DjangoState, engine: SqlEngine = from?.engine ?? 'postgres') {
    this.engine = engine
    this.models = new Map(from?.models)
    this.swappable = new Map(from?.swappable)
  }

  /** What a relation names: `shop.Order`, `Order` of the same app, `self`, or a setting. */
  resolve(to: string, app: string, model: string): string {
    if (to === 'self') return `${app}.${model}`.toLowerCase()
    return (to.includes('.') ? to : `${app}.${to}`).toLowerCase()
  }

  tableOf(key: string): { readonly table: string; readonly isKnown: boolean } {
    const model = this.models.get(key)
    if (model !== undefined) return { table: model.table, isKnown: true }
    return { table: key.replace('.', '_'), isKnown: false }
  }

  /** The column that relations point at, as it is typed on their side. */
  keyOf(key: string): { readonly column: string; readonly type: string } | null {
    const fields = this.models.get(key)?.fields
    const own = [...(fields?.values() ?? [])].find((each) => each.isPrimary)
    return own === undefined ? null : { column: own.column, type: own.type }
  }

  put(key: string, model: DjangoModel): void {
    this.models.set(key, model)
  }

  /** With one field changed; null takes it away. */
  putField(key: string, name: string, field: DjangoField | null): void {
    const model = this.models.get(key)
    if (model === undefined) return
    const fields = new Map(model.fields)
    if (field === null) fields.delete(name)
    else fields.set(name, field)
    this.models.set(key, { ...model, fields })
  }
}
