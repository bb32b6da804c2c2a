import { type CrashPosition, crashPositions } from '@conduct/conductor'

/**
 * Every point of these kinds, in as few worlds as can be: an effect that was made before its process died is found
 * made by the next one, which writes no proof of its own; so `acted` and `proved` are died at in two worlds.
 */
export const wholePositions: readonly (readonly CrashPosition[])[] = [
  ['before', 'acted'],
  ['intended', 'proved'],
]

/** The kinds in the order in which a run passes them. */
export function wholeChains(kinds: readonly string[]): readonly (readonly string[])[] {
  return wholePositions.map((positions) =>
    kinds.flatMap((kind) =>
      crashPositions
        .filter((position) => positions.includes(position))
        .map((position) => `${kind}:${position}`),
    ),
  )
}
