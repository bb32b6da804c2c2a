import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { copyEstate, type Estate } from '@conduct/rehearsal'
import { modelEstate, type ModelName } from '../model-estate.ts'

/** Hands out copies of a small estate, each untouched. */
export function useEstates(name: ModelName = 'pnpm'): { readonly fresh: () => Promise<Estate> } {
  let folder = ''
  let model = ''
  const copies: Estate[] = []
  let begun = 0

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'estates-')))
    model = await modelEstate(name)
  })
  afterAll(async () => {
    await Promise.all(copies.map((estate) => estate.stop()))
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  })

  return {
    fresh: async () => {
      const copy = await copyEstate({ from: model, to: join(folder, String((begun += 1))) })
      copies.push(copy)
      return copy
    },
  }
}
