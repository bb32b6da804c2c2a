import type { PyNode } from './tree.ts'

/** What an expression of Python is worth before it runs. */
export type PyValue = (
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'number'; readonly number: number }
  | { readonly type: 'boolean'; readonly isTrue: boolean }
  | { readonly type: 'none' }
  | { readonly type: 'list'; readonly items: readonly PyValue[] }
  | { readonly type: 'dict'; readonly entries: readonly (readonly [PyValue, PyValue])[] }
  | PyCall
  /** A dotted name, its first part replaced by what was imported under it. */
  | { readonly type: 'path'; readonly path: string }
  | { readonly type: 'unknown' }
) & { readonly node: PyNode }

export interface PyCall {
  readonly type: 'call'
  readonly path: string
  readonly args: readonly PyValue[]
  readonly named: ReadonlyMap<string, PyValue>
  /** `*args` or `**kwargs` whose contents are not known. */
  readonly isOpen: boolean
}

export type CallValue = Extract<PyValue, { type: 'call' }>

export function textIn(value: PyValue | undefined): string | null {
  return value?.type === 'text' ? value.text : null
}

export function numberIn(value: PyValue | undefined): number | null {
  return value?.type === 'number' ? value.number : null
}

/** Whether it counts as true; null when that is not known. */
export function truthIn(value: PyValue | undefined): boolean | null {
  switch (value?.type) {
    case undefined:
    case 'none':
      return false
    case 'boolean':
      return value.isTrue
    case 'text':
      return value.text !== ''
    case 'number':
      return value.number !== 0
    case 'list':
      return value.items.length > 0
    case 'dict':
      return value.entries.length > 0
    case 'call':
    case 'path':
    case 'unknown':
      return null
    default:
      return value satisfies never
  }
}

/** The texts of a list or tuple; null when one of them is not known. */
export function textsIn(value: PyValue | undefined): readonly string[] | null {
  if (value?.type !== 'list') return null
  const texts = value.items.map(textIn)
  return texts.every((each) => each !== null) ? texts : null
}

/** A dict with texts as keys; null for what is none. */
export function namedIn(value: PyValue | undefined): ReadonlyMap<string, PyValue> | null {
  if (value === undefined || value.type === 'none') return new Map()
  if (value.type !== 'dict') return null
  const entries = value.entries.map(([key, each]) => [textIn(key), each] as const)
  const known = entries.flatMap(([key, each]) => (key === null ? [] : [[key, each] as const]))
  return known.length === entries.length ? new Map(known) : null
}
