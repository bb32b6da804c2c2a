import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { TrainContext } from '../context.ts'

/** Tarballs of runs that were given up. A run that goes on has its own in the journal, or packs again. */
const keptMs = 7 * 24 * 3_600_000

/** A fresh folder for the tarballs of one check; older ones go. */
export async function makePackedFolder(
  context: Pick<TrainContext, 'cacheDir' | 'clock' | 'trainName'>,
): Promise<string> {
  const all = join(context.cacheDir, 'packed')
  await mkdir(all, { recursive: true })
  const oldest = context.clock.wallMs() - keptMs
  for (const name of await readdir(all)) {
    const folder = join(all, name)
    const made = await stat(folder).catch(() => null)
    if (made !== null && made.mtimeMs < oldest) await rm(folder, { recursive: true, force: true })
  }
  return await mkdtemp(join(all, `${context.trainName.replaceAll(/[^\w.-]/g, '_')}-`))
}
