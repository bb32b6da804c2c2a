/**
 * What an expression of Ruby is worth before it runs.
 *
 * Texts, arrays and hashes are shared and changed in place, as in Ruby: a list that is filled through another name is known
 * to be filled. `null` contents mean that nothing is known any more.
 */
import type { Callable, RubyModule, Scope } from './scope.ts'

export type Value =
  | TextValue
  | { readonly type: 'symbol'; readonly text: string }
  | { readonly type: 'number'; readonly number: number; readonly isFloat: boolean }
  | { readonly type: 'boolean'; readonly isTrue: boolean }
  | { readonly type: 'nil' }
  | ArrayValue
  | HashValue
  | {
      readonly type: 'block'
      readonly callable: Callable
      readonly scope: Scope
      readonly isLambda?: boolean
    }
  | { readonly type: 'method'; readonly name: string; readonly receiver: Value }
  /** The migration itself, or a connection: both understand the statements of the schema. */
  | { readonly type: 'migration' }
  | { readonly type: 'table'; readonly table: object }
  | { readonly type: 'direction' }
  /** A class or module that is not in this file. */
  | { readonly type: 'constant'; readonly path: string }
  | { readonly type: 'module'; readonly module: RubyModule }
  | { readonly type: 'instance'; readonly module: RubyModule; readonly fields: Map<string, Value> }
  /** A model, a relation or a record of it. */
  | { readonly type: 'records'; readonly table: string; readonly module?: RubyModule }
  /** What a library of Ruby or Rails gave: asked for anything, it changes nothing. */
  | { readonly type: 'inert' }
  | { readonly type: 'unknown' }

export interface TextValue {
  readonly type: 'string'
  text: string | null
  /** Where a literal begins, for what is read inside it. */
  readonly line?: number
}

export interface ArrayValue {
  readonly type: 'array'
  items: Value[] | null
}

export interface HashValue {
  readonly type: 'hash'
  entries: (readonly [Value, Value])[] | null
  /** Written without braces, as the last argument of a call. */
  readonly isKeywords?: boolean
}

export const unknown: Value = { type: 'unknown' }
export const inert: Value = { type: 'inert' }
export const nil: Value = { type: 'nil' }
export const migration: Value = { type: 'migration' }

export function text(value: string | null, line?: number): TextValue {
  return line === undefined ? { type: 'string', text: value } : { type: 'string', text: value, line }
}

export function symbol(value: string): Value {
  return { type: 'symbol', text: value }
}

export function number(value: number, isFloat = !Number.isInteger(value)): Value {
  return { type: 'number', number: value, isFloat }
}

export function boolean(isTrue: boolean): Value {
  return { type: 'boolean', isTrue }
}

export function array(items: Value[] | null): ArrayValue {
  return { type: 'array', items }
}

/** The text of a name, given as a string or a symbol; null when it is not known. */
export function nameIn(value: Value | undefined): string | null {
  if (value?.type === 'symbol') return value.text
  return value?.type === 'string' ? value.text : null
}

/** The names in an array, or the one that stands alone; null when one of them is not known. */
export function namesIn(value: Value | undefined): readonly string[] | null {
  if (value?.type !== 'array') {
    const one = nameIn(value)
    return one === null ? null : [one]
  }
  const names = value.items?.map(nameIn)
  return names === undefined || !names.every((each) => each !== null) ? null : names
}

/** Whether it counts as true; null when that is not known. */
export function truthOf(value: Value): boolean | null {
  switch (value.type) {
    case 'unknown':
    case 'inert':
    case 'records':
      return null
    case 'nil':
      return false
    case 'boolean':
      return value.isTrue
    case 'string':
    case 'symbol':
    case 'number':
    case 'array':
    case 'hash':
    case 'block':
    case 'method':
    case 'migration':
    case 'table':
    case 'direction':
    case 'constant':
    case 'module':
    case 'instance':
      return true
    default:
      return value satisfies never
  }
}

/** The same text for two values that are equal; null for what cannot be compared. */
export function keyOf(value: Value): string | null {
  switch (value.type) {
    case 'string':
      return value.text === null ? null : `s${value.text}`
    case 'symbol':
      return `:${value.text}`
    case 'number':
      return `n${value.number}`
    case 'boolean':
      return String(value.isTrue)
    case 'nil':
    case 'migration':
    case 'direction':
      return value.type
    case 'constant':
      return `c${value.path}`
    case 'array': {
      const keys = value.items?.map(keyOf)
      return keys === undefined || keys.includes(null) ? null : `[${keys.join(',')}]`
    }
    case 'hash':
    case 'block':
    case 'method':
    case 'table':
    case 'module':
    case 'instance':
    case 'records':
    case 'inert':
    case 'unknown':
      return null
    default:
      return value satisfies never
  }
}

/** What a value becomes when it was handed to code that nobody has read. */
export function forget(value: Value): void {
  if (value.type === 'string') value.text = null
  else if (value.type === 'array') {
    value.items?.forEach(forget)
    value.items = null
  } else if (value.type === 'hash') {
    value.entries?.forEach(([, each]) => forget(each))
    value.entries = null
  }
}
