import type { Fact } from './fact.ts'
import { measuredServers, postgresFacts } from './postgres-facts.ts'

export type FactKey = (typeof postgresFacts)[number]['key']

/** A newer server is taken to behave as the newest that was measured. */
const newestMeasuredMajor = Math.max(...measuredServers.map((each) => each.major))

const rowsByKey = new Map<string, readonly Fact[]>()
for (const row of postgresFacts as readonly Fact[]) {
  rowsByKey.set(row.key, [...(rowsByKey.get(row.key) ?? []), row])
}

/** @returns undefined when this was not measured on that major: the statement does not exist there, or nobody knows. */
export function lookUpFact(key: FactKey, major: number): Fact | undefined {
  const asked = Math.min(major, newestMeasuredMajor)
  return rowsByKey.get(key)?.find((row) => row.since <= asked && asked <= row.until)
}
