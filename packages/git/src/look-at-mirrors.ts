import { lstat, readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { findPrunable, mirrorNamePattern, type PruneOptions } from './prune.ts'

export interface MirrorsLook {
  /** Folder that holds them; it need not be there. */
  readonly folder: string
  readonly mirrors: readonly {
    readonly path: string
    readonly sizeBytes: number
    /** Milliseconds since 1970. */
    readonly usedMs: number
  }[]
  /** What the next plan or run removes. */
  readonly prunable: { readonly mirrors: readonly string[]; readonly worktrees: readonly string[] }
  /** What the disk has left for us; null: it does not say. */
  readonly availableBytes: number | null
  /** False: there was more than is counted. */
  readonly isAllCounted: boolean
}

/** Files that are counted; a mirror is a few large ones. */
const filesMax = 200_000

/** Size and age of what is kept between runs. Changes nothing. */
export async function lookAtMirrors(options: PruneOptions): Promise<MirrorsLook> {
  const { cacheDir: folder } = options
  const names = (await readdir(folder).catch(() => [])).filter((name) => mirrorNamePattern.test(name))
  const counted = { left: filesMax }
  const mirrors = []
  for (const name of names) {
    const path = join(folder, name)
    const used = await stat(path).catch(() => null)
    if (used !== null) mirrors.push({ path, sizeBytes: await sizeOf(path, counted), usedMs: used.mtimeMs })
  }
  const { mirrors: unused, worktrees } = await findPrunable(options)
  return {
    folder,
    mirrors,
    prunable: { mirrors: unused, worktrees: worktrees.map(({ path }) => path) },
    availableBytes: await availableBelow(folder),
    isAllCounted: counted.left > 0,
  }
}

/** Something may go while it is looked at: then it is not counted. */
async function sizeOf(path: string, counted: { left: number }): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
    if (counted.left <= 0) break
    counted.left -= 1
    const child = join(path, entry.name)
    bytes += entry.isDirectory() ? await sizeOf(child, counted) : await lengthOf(child)
  }
  return bytes
}

async function lengthOf(file: string): Promise<number> {
  return (await lstat(file).catch(() => null))?.size ?? 0
}

/** Of the disk on which the folder is, or would be. */
async function availableBelow(folder: string): Promise<number | null> {
  for (let path = folder; ; path = join(path, '..')) {
    const disk = await statfs(path).catch(() => null)
    if (disk !== null) return disk.bavail * disk.bsize
    if (path === join(path, '..')) return null
  }
}
