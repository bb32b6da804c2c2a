/** What one line of the effective file is, before it is written. */
export type Entry =
  | { readonly kind: 'value'; readonly value: unknown; readonly origin?: string }
  /** No value to write; what that means stands in a comment. */
  | { readonly kind: 'absent'; readonly meaning: string; readonly origin: string }
  | { readonly kind: 'map'; readonly entries: Entries }
  | { readonly kind: 'list'; readonly items: readonly Entries[] }

export type Entries = readonly (readonly [string, Entry])[]

export function mapOf<Value>(
  values: ReadonlyMap<string, Value>,
  entriesOf: (value: Value) => Entries,
): Entry {
  return map([...values].map(([name, inner]) => [name, map(entriesOf(inner))] as const))
}

export function map(entries: Entries): Entry {
  return { kind: 'map', entries }
}

export function value(plain: unknown, origin?: string): Entry {
  return origin === undefined ? { kind: 'value', value: plain } : { kind: 'value', value: plain, origin }
}

export function absent(meaning: string): Entry {
  return { kind: 'absent', meaning, origin: 'default' }
}

export function inferred(meaning: string): Entry {
  return { kind: 'absent', meaning, origin: 'inferred when a run looks' }
}

export function orAbsent(plain: unknown, meaning: string): Entry {
  return plain === null ? absent(meaning) : value(plain)
}

export function orInferred(plain: unknown, meaning: string): Entry {
  return plain === null ? inferred(meaning) : value(plain)
}

/** The largest unit that says it exactly. */
export function duration(ms: number, origin?: string): Entry {
  const units = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const
  const unit = units.find(([, size]) => ms % size === 0 && ms > 0)
  return value(unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`, origin)
}
