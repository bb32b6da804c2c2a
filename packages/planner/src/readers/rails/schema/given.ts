import type { Call } from '../ruby/machine.ts'
import { nameIn, nil, truthOf, type Value } from '../ruby/value.ts'

/** What a statement of the schema was given: what stands first, and the options after it. */
export interface Given {
  readonly values: readonly Value[]
  readonly options: ReadonlyMap<string, Value>
  /** Whether every option is known by its name. */
  readonly areOptionsKnown: boolean
}

/** @returns null when it is not known what was given. */
export function readGiven({ args }: Pick<Call, 'args'>): Given | null {
  if (args === null) return null
  const last = args.at(-1)
  if (last?.type !== 'hash') return { values: args, options: new Map(), areOptionsKnown: true }
  return { values: args.slice(0, -1), ...optionsIn(last) }
}

export function optionsIn(value: Value | undefined): Pick<Given, 'options' | 'areOptionsKnown'> {
  if (value?.type !== 'hash')
    return { options: new Map(), areOptionsKnown: value === undefined || value.type !== 'unknown' }
  const named = (value.entries ?? []).map(([key, each]) => [nameIn(key), each] as const)
  const known = named.flatMap(([key, each]) => (key === null ? [] : [[key, each] as const]))
  return { options: new Map(known), areOptionsKnown: value.entries !== null && known.length === named.length }
}

export type Options = ReadonlyMap<string, Value>

/** An option that is true or not; null when it is not known. */
export function flagIn(options: Options, name: string): boolean | null {
  return truthOf(options.get(name) ?? nil)
}

export function numberIn(options: Options, name: string): number | null {
  const value = options.get(name)
  return value?.type === 'number' ? value.number : null
}

/** Whether one of them is there with a value that could not be found out. */
export function hasUnknown(options: Options): boolean {
  return [...options.values()].some(isUnknown)
}

function isUnknown(value: Value): boolean {
  if (value.type === 'string') return value.text === null
  if (value.type === 'array') return value.items === null || value.items.some(isUnknown)
  if (value.type === 'hash') {
    return value.entries === null || value.entries.some(([key, each]) => isUnknown(key) || isUnknown(each))
  }
  return (
    value.type === 'unknown' ||
    value.type === 'inert' ||
    value.type === 'records' ||
    value.type === 'constant'
  )
}
