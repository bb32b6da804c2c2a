import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, expect } from 'vitest'
import type { Estate } from '@conduct/rehearsal'
import { type ForgeEstate, type ForgeEstateOptions, childOf, forgeEstate } from './forge-estate.ts'
import { openConductor } from './open-conductor.ts'
import { useEstates } from './use-estates.ts'

export interface ForgeWorlds {
  /** An estate of its own, in which a train publishes. */
  readonly fresh: (options?: ForgeEstateOptions) => Promise<ForgeEstate>
  /**
   * A forge, remotes and a store of its own beside one registry that has the new version: for trains that are about
   * what comes after publishing (`version`). It costs a copy of two bare repositories.
   */
  readonly published: (options?: ForgeEstateOptions) => Promise<ForgeEstate>
}

/** One estate per test file, in which the producer is released once, and as many forges over it as are asked for. */
export function useForgeWorlds(): ForgeWorlds {
  const estates = useEstates()
  let released: Estate | null = null
  let worlds = 0

  beforeAll(async () => {
    released = await estates.fresh()
    await using world = await forgeEstate(released, { adopts: false })
    await using opened = await openConductor(childOf(world))
    const result = await opened.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })
    expect({ exit: result.exit, stop: result.record.stop }).toEqual({ exit: 0, stop: null })
  })

  return {
    fresh: async (options) => forgeEstate(await estates.fresh(), options),
    published: async (options) => {
      if (released === null) throw new Error('invariant broken: nothing is released before the tests begin')
      return forgeEstate(await beside(released, join(released.dir, 'beside', String((worlds += 1)))), options)
    },
  }
}

/** The same servers; remotes that are copies, with the counting of pushes to them. */
async function beside(estate: Estate, dir: string): Promise<Estate> {
  const remotes = await Promise.all(
    [estate.producer, 'shop'].map(async (repo) => {
      const path = join(dir, 'remotes', `${repo}.git`)
      await mkdir(join(dir, 'remotes'), { recursive: true })
      await cp(new URL(estate.remotes[repo] ?? ''), path, { recursive: true })
      return [repo, pathToFileURL(path).href] as const
    }),
  )
  await Promise.all(['attempts.ndjson', 'lanes.yaml'].map((file) => writeFile(join(dir, file), '')))
  return { ...estate, dir, remotes: Object.fromEntries(remotes), storeUrl: `sqlite:${join(dir, 'state.db')}` }
}
