import type { Consumer } from '@conduct/config'

/**
 * Whom a consumer comes after, of those that travel. One that is left out (`--only`) still stands between the others:
 * whoever comes after it comes after those before it. Pure; a cycle was refused before.
 */
export function afterWithin(
  consumers: readonly Pick<Consumer, 'repo' | 'after'>[],
  name: string,
  leftOut: readonly string[],
): readonly string[] {
  const after = new Map(consumers.map((consumer) => [consumer.repo, consumer.after]))
  const found = new Set<string>()
  const passed = new Set<string>()
  const follow = (one: string): void => {
    for (const before of after.get(one) ?? []) {
      if (!leftOut.includes(before)) found.add(before)
      else if (!passed.has(before)) {
        passed.add(before)
        follow(before)
      }
    }
  }
  follow(name)
  return [...found]
}
