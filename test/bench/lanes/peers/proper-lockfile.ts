import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import lockfile from 'proper-lockfile'
import { contend, type Peer } from './peer.ts'

/** It has no line: whoever finds the file locked tries again. By default after a second and more; here as below. */
const retryMs = 10
const retries = { forever: true, factor: 1, minTimeout: retryMs, maxTimeout: retryMs }

/** A folder that is made to lock and removed to unlock; its time of change is its sign of life. */
export async function openProperLockfile(folder: string): Promise<Peer> {
  const file = path.join(folder, 'guarded')
  await writeFile(file, '')
  return {
    label: `proper-lockfile (one machine, tries every ${retryMs} ms)`,
    turn: async () => {
      const leave = await lockfile.lock(file)
      await leave()
    },
    relay: (relay) =>
      contend(relay, async () => ({
        enter: () => lockfile.lock(file, { retries }),
        [Symbol.asyncDispose]: async () => undefined,
      })),
    [Symbol.asyncDispose]: async () => undefined,
  }
}
