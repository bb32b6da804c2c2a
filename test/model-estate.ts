import { buildEstate, type BuildEstateOptions } from '@conduct/rehearsal'
import { oncePerRun } from './once-per-run.ts'

/**
 * `npmAndPnpm`: the small estate of a rehearsal. `pnpm`: the same with pnpm alone, which is a program and no script: its
 * trains take half the time, for tests that are about something else than package managers.
 */
const models = {
  npmAndPnpm: { size: 'small' },
  pnpm: {
    size: 'small',
    producerManager: 'pnpm',
    consumers: [
      { name: 'shop', manager: 'pnpm' },
      { name: 'admin', manager: 'pnpm' },
    ],
  },
} as const satisfies Record<string, Omit<BuildEstateOptions, 'dir'>>

export type ModelName = keyof typeof models

/** Folder of an estate that stands still, to be copied with `copyEstate`, which changes nothing in it. */
export function modelEstate(name: ModelName): Promise<string> {
  return oncePerRun(`estate-${name}`, async (dir) => {
    const estate = await buildEstate({ ...models[name], dir })
    await estate.stop()
  })
}
