/** Long runs on demand, bounded ones otherwise. */
export const isLong = process.env['CONDUCT_TEST_LONG'] !== undefined

/**
 * Of cases that show one thing in many places, so many by default, spread over the list from its first to its last;
 * all of them with CONDUCT_TEST_LONG.
 */
export function bounded<Case>(cases: readonly Case[], count: number): readonly Case[] {
  if (isLong || count >= cases.length) return cases
  const step = (cases.length - 1) / Math.max(1, count - 1)
  return Array.from({ length: count }, (_, index) => cases[Math.round(index * step)]).filter(
    (one) => one !== undefined,
  )
}
