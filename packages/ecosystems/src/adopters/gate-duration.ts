const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `3d`, `12 hours`, `1 week`; a bare number is minutes. Null when it says nothing. */
export function parseDuration(value: unknown): number | null {
  if (typeof value === 'number') return value * 60_000
  if (typeof value !== 'string') return null
  const written = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(value)
  if (written === null) return null
  const [, amount = '', unit = ''] = written
  if (/^mon/i.test(unit)) return Number(amount) * 30 * 86_400_000
  if (/^y/i.test(unit)) return Number(amount) * 365 * 86_400_000
  const key = unit === '' ? 'm' : /^ms|^milli/i.test(unit) ? 'ms' : unit.slice(0, 1).toLowerCase()
  const ms = unitMs[key]
  return ms === undefined ? null : Number(amount) * ms
}
