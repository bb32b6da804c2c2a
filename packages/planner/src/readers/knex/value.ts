import type { Operation } from '../../model/operation.ts'
import type { JsNode } from './node.ts'
import type { ColumnDraft, ForeignDraft, TableDraft } from './table-draft.ts'

export type Environment = Map<string, JsValue>

/** What an expression is worth before it runs. Those from `knex` to `tainted` can change the schema, or lead to what can. */
export type JsValue =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'number'; readonly number: number }
  | { readonly type: 'boolean'; readonly isTrue: boolean }
  | { readonly type: 'null' }
  | { readonly type: 'list'; readonly items: readonly JsValue[] }
  | { readonly type: 'object'; readonly entries: ReadonlyMap<string, JsValue> }
  | { readonly type: 'function'; readonly node: JsNode; readonly environment: Environment }
  /** `knex`, or a transaction of it. */
  | { readonly type: 'knex' }
  /** `isUsed`: something was called on it, and it may be waited for. */
  | { readonly type: 'schema'; readonly prefix: string; readonly isUsed: boolean }
  | { readonly type: 'table'; readonly table: TableDraft }
  | { readonly type: 'column'; readonly table: TableDraft; readonly column: ColumnDraft }
  | { readonly type: 'foreign'; readonly table: TableDraft; readonly foreign: ForeignDraft }
  | { readonly type: 'query'; readonly table: string | null }
  /** A text of SQL; what it does when it is run, until it turns out to be part of another. */
  | { readonly type: 'raw'; readonly text: string | null; readonly operations: readonly Operation[] }
  /** From another file, or from the language, by its name. */
  | { readonly type: 'module'; readonly name: string }
  | { readonly type: 'tainted' }
  | { readonly type: 'unknown' }

export const unknown: JsValue = { type: 'unknown' }
export const tainted: JsValue = { type: 'tainted' }

const powerful: ReadonlySet<JsValue['type']> = new Set(['knex', 'table', 'column', 'foreign', 'tainted'])

/** Whoever gets it can change the schema with it. */
export function isPowerful(value: JsValue): boolean {
  if (value.type === 'schema') return !value.isUsed
  if (value.type === 'module') return value.name.startsWith('knex.client')
  return powerful.has(value.type) || contents(value).some(isPowerful)
}

/** Whether a call of it, or on it, may change something: where it is not known which of two it is, nothing may be said of either. */
export function mayAct(value: JsValue): boolean {
  if (['function', 'module', 'query', 'schema', 'raw'].includes(value.type)) return true
  return isPowerful(value) || contents(value).some(mayAct)
}

export function contents(value: JsValue): readonly JsValue[] {
  if (value.type === 'list') return value.items
  return value.type === 'object' ? [...value.entries.values()] : []
}

/** One of the two, and it is not known which. */
export function either(one: JsValue, other: JsValue): JsValue {
  if (one === other) return one
  return mayAct(one) || mayAct(other) ? tainted : unknown
}

export function textIn(value: JsValue | undefined): string | null {
  return value?.type === 'text' ? value.text : null
}

/** One text, or a list of them; null when one is not known. */
export function textsIn(value: JsValue | undefined): readonly string[] | null {
  if (value?.type !== 'list') {
    const one = textIn(value)
    return one === null ? null : [one]
  }
  const texts = value.items.map(textIn)
  return texts.every((each) => each !== null) ? texts : null
}

export function flagIn(value: JsValue | undefined, key: string): boolean | null {
  const own = value?.type === 'object' ? value.entries.get(key) : undefined
  return own?.type === 'boolean' ? own.isTrue : null
}

export function truthOf(value: JsValue): boolean | null {
  switch (value.type) {
    case 'text':
      return value.text !== ''
    case 'number':
      return value.number !== 0
    case 'boolean':
      return value.isTrue
    case 'null':
      return false
    case 'list':
    case 'object':
    case 'function':
      return true
    case 'column':
    case 'foreign':
    case 'knex':
    case 'module':
    case 'query':
    case 'raw':
    case 'schema':
    case 'table':
    case 'tainted':
    case 'unknown':
    default:
      return null
  }
}

/** As JSON; undefined when a part of it is not known. */
export function jsonOf(value: JsValue): unknown {
  switch (value.type) {
    case 'text':
      return value.text
    case 'number':
      return value.number
    case 'boolean':
      return value.isTrue
    case 'null':
      return null
    case 'list': {
      const items = value.items.map(jsonOf)
      return items.includes(undefined) ? undefined : items
    }
    case 'object': {
      const entries = [...value.entries].map(([key, own]) => [key, jsonOf(own)] as const)
      return entries.some(([, own]) => own === undefined) ? undefined : Object.fromEntries(entries)
    }
    case 'column':
    case 'foreign':
    case 'function':
    case 'knex':
    case 'module':
    case 'query':
    case 'raw':
    case 'schema':
    case 'table':
    case 'tainted':
    case 'unknown':
    default:
      return undefined
  }
}
