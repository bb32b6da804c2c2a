import { formatDuration } from '@conduct/core'

/** `"a", "b" and "c"`. */
export function named(names: readonly string[]): string {
  const quoted = names.map((name) => JSON.stringify(name))
  const last = quoted.at(-1) ?? 'none'
  return quoted.length < 2 ? last : `${quoted.slice(0, -1).join(', ')} and ${last}`
}

export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

export function missingFrom(one: readonly string[], other: readonly string[]): readonly string[] {
  return one.filter((each) => !other.includes(each))
}

/** A value of the configuration as people read it; times by their key. */
export function shown(key: string | number, value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'number' && String(key).endsWith('Ms')) return formatDuration(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value, asTyped)
  return text.length > valueLengthMax ? `${text.slice(0, valueLengthMax)}…` : text
}

const valueLengthMax = 60

/** A command as the line it was written as. */
function asTyped(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('argv' in value)) return value
  return Array.isArray(value.argv) ? value.argv.map(String).join(' ') : value
}

/** Equal as plain data: maps by their entries, whatever the order of keys. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one, sorted) === JSON.stringify(other, sorted)
}

function sorted(_key: string, value: unknown): unknown {
  const plain = value instanceof Map ? (Object.fromEntries(value) as unknown) : value
  if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return plain
  return Object.fromEntries(Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1)))
}
