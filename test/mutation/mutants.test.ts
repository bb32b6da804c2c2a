import { expect, test } from 'vitest'

import { applyMutants } from './apply-mutants.ts'
import { bounded, isLong } from '../bounded.ts'

import { type Mutant, mutants, quickMutants } from './mutants.ts'

/** `pnpm mutants` tries all of them. */
const chosen = isLong ? mutants : bounded(quickMutants, 8)

test('quick mutants of the lane engine are killed by their named tests', { timeout: 600_000 }, async () => {
  const verdicts = await applyMutants(chosen, { parallel: 2 })

  expect(verdicts.filter(({ problem }) => problem !== null)).toEqual([])
  expect(verdicts).toHaveLength(chosen.length)
  expect(chosen.length).toBeGreaterThan(7)
})

test(
  'the gate itself fails for a mutant that survives, one that no longer applies and a test that is gone (control)',
  {
    timeout: 300_000,
  },
  async () => {
    const [mutant] = mutants
    if (mutant === undefined) throw new Error('there are mutants')
    const harmless: Mutant = { ...mutant, name: 'harmless', replace: `${mutant.find} // the same` }
    const stale: Mutant = { ...mutant, name: 'stale', find: 'text that stands nowhere in that file' }
    const unnamed: Mutant = { ...mutant, name: 'unnamed', killer: { ...mutant.killer, test: 'no such test' } }
    const broken: Mutant = { ...mutant, name: 'broken', replace: 'const token = = 1' }

    const verdicts = await applyMutants([harmless, stale, unnamed, broken], { parallel: 2 })

    expect(verdicts.map(({ problem }) => problem)).toEqual([
      expect.stringContaining('survived: the test is passed'),
      expect.stringContaining('applies 0 times'),
      expect.stringContaining('missing without the mutant'),
      expect.stringContaining('survived: the test is not run'),
    ])
  },
)
