import type { Fact } from './fact.ts'
import { postgresFacts } from './postgres-facts.ts'

export type FactKey = (typeof postgresFacts)[number]['key']

/** The majors that were measured; a newer server is taken to behave as the newest of them. */
export const newestMeasuredMajor = 18
export const oldestMeasuredMajor = 11

const rowsByKey = new Map<string, readonly Fact[]>()
for (const row of postgresFacts as readonly Fact[]) {
  rowsByKey.set(row.key, [...(rowsByKey.get(row.key) ?? []), row])
}

/** @returns undefined when this was not measured on that major: the statement does not exist there, or nobody knows. */
export function lookUpFact(key: FactKey, major: number): Fact | undefined {
  const asked = Math.min(major, newestMeasuredMajor)
  return rowsByKey.get(key)?.find((row) => row.since <= asked && asked <= row.until)
}
