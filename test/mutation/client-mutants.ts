import type { Mutant } from './mutants.ts'

/** Ways to break what clients make of a store: watching, waiting, remembering. */
export const clientMutants: readonly Mutant[] = [
  {
    name: 'observed clock: since when it was seen ignored',
    file: 'lane/observation.ts',
    find: 'firstSeenMs: (time) => sightings.get(keyOf(time)) ?? null',
    replace: 'firstSeenMs: () => 0',
    killer: {
      file: 'lane/observation.test.ts',
      test: 'never takes over while the holder renews, however long it is watched',
    },
  },
  {
    name: 'notification relied upon, without a poll',
    file: 'lane/wait-for-turn.ts',
    find: 'const timeoutMs = Math.min(leftMs, pollMs(calls))',
    replace: 'const timeoutMs = leftMs',
    killer: {
      file: 'lane/dropped-hints.test.ts',
      test: 'a release right after a look is found by the next poll, when no hint ever comes',
    },
  },
  {
    name: 'a state that was only wanted remembered as seen',
    file: 'lane/lane-calls.ts',
    find: '      found = document\n',
    replace: '',
    killer: {
      file: 'lane/lost-race.test.ts',
      test: 'what a given-up call wanted to write, and lost, is never taken for a state that was seen',
    },
  },
]
