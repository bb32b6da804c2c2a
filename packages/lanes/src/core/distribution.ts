/** How a number of durations spread, in milliseconds. Between two of them, a share is interpolated. */
export interface Distribution {
  readonly count: number
  readonly p50Ms: number
  readonly p90Ms: number
  readonly maxMs: number
}

/** @returns null where there is nothing to say: no values. */
export function distribute(valuesMs: readonly number[]): Distribution | null {
  const sorted = valuesMs.toSorted((one, other) => one - other)
  const maxMs = sorted.at(-1)
  if (maxMs === undefined) return null
  return { count: sorted.length, p50Ms: quantile(sorted, 0.5), p90Ms: quantile(sorted, 0.9), maxMs }
}

function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? 0
  const above = sorted[Math.ceil(place)] ?? below
  return Math.round(below + (above - below) * (place - Math.floor(place)))
}
