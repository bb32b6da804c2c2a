import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { removeWorktree, worktreeHost, worktreesFolder } from './worktree.ts'

/** A mirror nobody opened for this long goes. */
export const mirrorUnusedMsMax = 30 * 24 * 3_600_000

export interface PruneOptions {
  readonly cacheDir: string
  readonly nowMs: number
  readonly unusedMsMax?: number
}

export interface Pruned {
  readonly mirrors: readonly string[]
  readonly worktrees: readonly string[]
}

/** Removes mirrors unused for 30 days, and worktrees whose process on this machine has died. */
export async function pruneMirrors(options: PruneOptions): Promise<Pruned> {
  const { cacheDir, nowMs, unusedMsMax = mirrorUnusedMsMax } = options
  const entries = await readdir(cacheDir).catch(() => [])
  const mirrors = entries.filter((name) => /^[0-9a-f]{32}\.git$/.test(name))
  const worktrees = await pruneWorktrees(cacheDir, mirrors)
  const removed: string[] = []
  for (const name of mirrors) {
    const path = join(cacheDir, name)
    const isInUse = (await readdir(join(path, 'worktrees')).catch(() => [])).length > 0
    const used = await stat(path).catch(() => null)
    if (isInUse || used === null || nowMs - used.mtimeMs < unusedMsMax) continue
    await rm(path, { recursive: true, force: true, maxRetries: 3 })
    removed.push(path)
  }
  return { mirrors: removed, worktrees }
}

async function pruneWorktrees(cacheDir: string, mirrors: readonly string[]): Promise<string[]> {
  const folder = join(cacheDir, worktreesFolder)
  const removed: string[] = []
  for (const name of await readdir(folder).catch(() => [])) {
    const [mirror, host, pid] = name.split('.')
    if (mirror === undefined || host !== worktreeHost() || isAlive(Number(pid))) continue
    const owner = mirrors.find((candidate) => candidate.startsWith(mirror))
    if (owner === undefined) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 })
    else await removeWorktree(join(cacheDir, owner), join(folder, name))
    removed.push(join(folder, name))
  }
  return removed
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
