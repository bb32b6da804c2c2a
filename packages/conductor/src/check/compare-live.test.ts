import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { integrityOfFile, type ObservedVersion } from '@conduct/ecosystems'
import type { CheckedArtifact } from '../context.ts'
import { aClock, anArtifact } from '../survey-fixture.ts'
import { compareLive } from './compare-live.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compare-live-'))
  path = join(folder, 'engine.tgz')
  await writeFile(path, 'packed bytes')
})
afterEach(() => rm(folder, { recursive: true }))

const context = { signal: new AbortController().signal, clock: aClock() }
async function packed(observed: ObservedVersion, name = '@acme/engine'): Promise<CheckedArtifact> {
  const publisher = { observe: async () => observed } as unknown as CheckedArtifact['publisher']
  const integrity = await integrityOfFile(path)
  return { ...anArtifact({ name, publisher }), packed: { path, integrity, sizeBytes: 12 } }
}
const live = (integrity: string): ObservedVersion => ({
  state: 'present',
  integrity,
  tarball: 'http://127.0.0.1/x.tgz',
})

test('a version that is not live, or is exactly what was packed, passes', async () => {
  const absent = await packed({ state: 'absent', latest: null, versions: [] })
  const same = await packed(live(await integrityOfFile(path)))

  await expect(compareLive(context, [absent, same])).resolves.toBeUndefined()
})

test('an old registry that knows only a SHA-1 is compared by that', async () => {
  const same = await packed(live(await integrityOfFile(path, 'sha1')))
  const other = await packed(live('sha1-AAAA'))

  await expect(compareLive(context, [same])).resolves.toBeUndefined()
  await expect(compareLive(context, [other])).rejects.toMatchObject({ code: 'INTEGRITY_MISMATCH', exit: 3 })
})

test('every version that differs is named with both integrities', async () => {
  const artifacts = [await packed(live('sha512-one')), await packed(live('sha512-two'), '@acme/parts')]

  await expect(compareLive(context, artifacts)).rejects.toMatchObject({
    code: 'INTEGRITY_MISMATCH',
    message: expect.stringMatching(
      /@acme\/engine@4\.3\.0 .*sha512-one[^]*@acme\/parts@4\.3\.0 .*sha512-two/,
    ) as string,
    details: { differing: [{ package: '@acme/engine' }, { package: '@acme/parts' }] },
  })
})

test('a registry that answers badly once is asked again', async () => {
  const same = await packed(live(await integrityOfFile(path)))
  let asked = 0
  const publisher = {
    observe: async () => {
      asked += 1
      return asked === 1 ? { state: 'unknown', reason: 'answered 503' } : live(same.packed?.integrity ?? '')
    },
  } as unknown as CheckedArtifact['publisher']

  await expect(compareLive(context, [{ ...same, publisher }])).resolves.toBeUndefined()

  expect(asked).toBe(2)
})

test('a registry that does not say is not taken for one that says no', async () => {
  const silent = await packed({ state: 'unknown', reason: 'answered 503' })

  await expect(compareLive(context, [silent])).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    exit: 30,
  })
})
