import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { documentIds, documentPath, gitUnit, logNames, probeRefs, recordPath } from './git-names.ts'
import { seqOf, shardsFrom, unitOfRef } from './git-names.ts'

test('a lane and its history share a ref; so do a run and its journal; nothing else does', () => {
  expect(gitUnit('acme', 'lane/web').ref).toBe('refs/conduct/acme/lane/web')
  expect(gitUnit('acme', 'lane/web/history').ref).toBe('refs/conduct/acme/lane/web')
  expect(gitUnit('acme', 'run/8f2c/journal').ref).toBe('refs/conduct/acme/run/8f2c')
  expect(gitUnit('zeta', 'lane/web').ref).not.toBe(gitUnit('acme', 'lane/web').ref)
  expect(gitUnit(null, 'lane/web').ref).toBe('refs/conduct/_/lane/web')
  expect(gitUnit('acme', 'alone').ref).toBe('refs/conduct/acme/alone/_')
})

const part = fc.string({
  unit: fc.constantFrom('a', 'A', 'z', '0', '_', '-', '.', '@', '{', '=', ' ', 'é', '~', '%', '.lock'),
})
const name = fc
  .array(
    part.filter((text) => text !== ''),
    { minLength: 1, maxLength: 4 },
  )
  .map((parts) => parts.join('/'))

test('names are read back from refs and paths as they were, and no two are spelled alike where case does not count', () => {
  fc.assert(
    fc.property(name, name, part, (one, other, estate) => {
      const unit = gitUnit(estate, one)
      const twin = gitUnit(estate, other)

      expect(unitOfRef(estate, unit.ref)).toEqual(unit)
      expect(unit.ref.toLowerCase() === twin.ref.toLowerCase()).toBe(unit.name === twin.name)
      const path = documentPath(unit, one)
      const names = path.startsWith('documents/')
        ? { top: [], further: [path.slice('documents/'.length)] }
        : { top: [path], further: [] }
      expect(documentIds(unit, names)).toEqual([one])
      expect(
        logNames(unit, ['document.json', recordPath(unit, one, 7).slice(0, -'/07.json'.length)]),
      ).toEqual([one])
    }),
    { numRuns: 500 },
  )
})

test('every ref is one that git accepts', () => {
  const units = fc.sample(fc.tuple(part, name), { numRuns: 60, seed: 1 })

  for (const [estate, id] of units) {
    const { ref } = gitUnit(estate, id)
    expect(() => execFileSync('git', ['check-ref-format', ref])).not.toThrow()
  }
})

test('what was found out about the remote is no unit', () => {
  expect(unitOfRef('acme', `${probeRefs('acme')}passed`)).toBeNull()
  expect(unitOfRef('acme', 'refs/conduct/acme/lane/x/y')).toBeNull()
  expect(unitOfRef('acme', 'refs/heads/main')).toBeNull()
  expect(gitUnit('acme', '_probe/passed').ref).not.toBe(`${probeRefs('acme')}passed`)
})

test('records lie in folders of a hundred, and the last ones are found without looking at the first', () => {
  const unit = gitUnit('acme', 'lane/x')

  expect(recordPath(unit, 'lane/x/history', 12_345)).toBe('log.history.0000123/45.json')
  expect(recordPath(unit, 'lane/x', 7)).toBe('log._.0000000/07.json')
  expect(seqOf('log.history.0000123', '45.json')).toBe(12_345)
  const top = [
    'log.x.0000009',
    'log.history.0000002',
    'log.history.0000000',
    'log.history.0000001',
    'document.json',
  ]
  expect(shardsFrom(unit, 'lane/x/history', { top, fromSeq: 150 })).toEqual([
    'log.history.0000001',
    'log.history.0000002',
  ])
})
