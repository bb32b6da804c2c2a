import type { LanesConfig } from '@conduct/config'
import type { PairedLanes } from './lane-pair.ts'
import type { ConfigPath, Reporter } from './reporter.ts'
import { isSame, shown } from './words.ts'

/** Whatever differs and was not explained: nothing in this file changes without a word. */
export function reviewOthers(
  { before, after }: { readonly before: LanesConfig; readonly after: LanesConfig },
  { pairs }: PairedLanes,
  out: Reporter,
): void {
  for (const pair of pairs) {
    compare(pair.before, pair.after, { at: ['lanes', pair.name], atBefore: ['lanes', pair.nameBefore] }, out)
  }
  const rest = (config: LanesConfig) => ({ ...config, lanes: null })
  compare(rest(before), rest(after), { at: [], atBefore: [] }, out)
}

interface Places {
  readonly at: ConfigPath
  readonly atBefore: ConfigPath
}

function compare(old: unknown, now: unknown, places: Places, out: Reporter): void {
  const { at, atBefore } = places
  if (isSame(old, now) || out.isExplained(at) || out.isExplained(atBefore)) return
  const inner = pairsOf(old, now)
  if (inner !== null) {
    for (const { key, keyBefore, one, other } of inner) {
      compare(one, other, { at: [...at, key], atBefore: [...atBefore, keyBefore] }, out)
    }
    return
  }
  const key = at.at(-1) ?? ''
  out.report('VALUE_CHANGED', {
    severity: 'info',
    message: `${nameOf(at)} is ${shown(key, now)} instead of ${shown(key, old)}`,
    at,
    atBefore,
  })
}

interface Inner {
  readonly key: string | number
  readonly keyBefore: string | number
  readonly one: unknown
  readonly other: unknown
}

/** The parts of two values of one shape; null: they are compared as a whole. */
function pairsOf(old: unknown, now: unknown): readonly Inner[] | null {
  if (old instanceof Map && now instanceof Map) {
    const names = new Set<string>([...old.keys(), ...now.keys()])
    return [...names].map((key) => ({ key, keyBefore: key, one: old.get(key), other: now.get(key) }))
  }
  if (Array.isArray(old) && Array.isArray(now)) return itemsOf(old, now)
  if (!isPlain(old) || !isPlain(now)) return null
  const keys = new Set([...Object.keys(old), ...Object.keys(now)])
  return [...keys].map((key) => ({ key, keyBefore: key, one: old[key], other: now[key] }))
}

/** Consumers and configuration steps have names; other lists are one value. */
function itemsOf(old: readonly unknown[], now: readonly unknown[]): readonly Inner[] | null {
  const names = now.map(nameOfItem)
  if (![...names, ...old.map(nameOfItem)].every((name) => name !== null)) return null
  return now.flatMap((other, key) => {
    const keyBefore = old.findIndex((each) => nameOfItem(each) === names[key])
    return keyBefore === -1 ? [] : [{ key, keyBefore, one: old[keyBefore], other }]
  })
}

function nameOfItem(item: unknown): string | null {
  if (!isPlain(item)) return null
  const name = item['name'] ?? item['repo']
  return typeof name === 'string' ? name : null
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map)
}

/** As it stands in the file: `lanes.x.waiting.max`. */
function nameOf(at: ConfigPath): string {
  return at
    .map((part) =>
      String(part)
        .replace(/(?<=[a-z])Ms$/, '')
        .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    )
    .join('.')
}
