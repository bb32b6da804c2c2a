import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Estate, buildEstate } from '@conduct/rehearsal'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { conduct, documentOf, temporaryFolder } from './conduct-process.ts'

describe('conduct rehearse', () => {
  test('refuses to remove a folder that is no estate, and a point that no run comes to', async () => {
    using folder = temporaryFolder()

    const stop = await conduct(['rehearse', '--stop', folder.path, '--json'], { cwd: folder.path })
    const point = await conduct(['rehearse', '--kill-at', 'publish:never', '--json'], { cwd: folder.path })

    expect(documentOf(stop)).toMatchObject({ exit: 2, error: { code: 'USAGE' } })
    expect(documentOf(point)).toMatchObject({ exit: 2, error: { code: 'USAGE' } })
    expect(existsSync(folder.path)).toBe(true)
  })
})

describe('commands about a train, over a real estate', () => {
  const folder = temporaryFolder()
  let estate: Estate

  beforeAll(async () => {
    estate = await buildEstate({ dir: join(folder.path, 'estate'), size: 'small' })
  })

  afterAll(async () => {
    await estate.stop()
    folder[Symbol.dispose]()
  })

  const as = (name: string, ...args: readonly string[]) =>
    conduct(['-c', estate.lanesYamlPath, '--as', name, '--json', ...args], { cwd: folder.path })

  test('refuses what the train does not have before the lane is asked for', async () => {
    const only = documentOf(await as('cli:ana', 'run', 'engine', '--only', 'shpo'))
    const override = documentOf(
      await as('cli:ana', 'plan', 'engine', '--override', 'checkout:shpo', '--reason', 'x'),
    )
    const reasonless = documentOf(await as('cli:ana', 'plan', 'engine', '--override', 'checkout:shop'))
    const train = documentOf(await as('cli:ana', 'run', 'engin'))

    for (const document of [only, override, reasonless]) {
      expect(document).toMatchObject({ exit: 2, error: { code: 'USAGE' } })
    }
    expect(train).toMatchObject({ exit: 4, error: { code: 'TRAIN_UNKNOWN' } })
    expect(existsSync(estate.storeUrl.replace('sqlite:', ''))).toBe(false)
  })
})
