import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { buildEstate, copyEstate, type Estate } from '@conduct/rehearsal'

/** Builds one small estate per test file and hands out copies of it, each untouched. */
export function useEstates(): { readonly fresh: () => Promise<Estate> } {
  let folder = ''
  let model: Estate | null = null
  const copies: Estate[] = []
  let begun = 0

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'estates-')))
    model = await buildEstate({ dir: join(folder, 'model'), size: 'small' })
  })
  afterAll(async () => {
    await Promise.all([...copies, ...(model === null ? [] : [model])].map((estate) => estate.stop()))
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  return {
    fresh: async () => {
      const copy = await copyEstate({ from: join(folder, 'model'), to: join(folder, String((begun += 1))) })
      copies.push(copy)
      return copy
    },
  }
}
