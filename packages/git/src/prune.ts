import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { removeWorktree, worktreeHost, worktreesFolder } from './worktree.ts'

/** A mirror nobody opened for this long goes. */
export const mirrorUnusedMsMax = 30 * 24 * 3_600_000

export const mirrorNamePattern = /^[0-9a-f]{32}\.git$/

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
  const worktrees = await findLeftWorktrees(options.cacheDir)
  for (const { path, mirror } of worktrees) {
    if (mirror === null) await removeFolder(path)
    else await removeWorktree(mirror, path)
  }
  const mirrors = await findUnusedMirrors(options)
  for (const path of mirrors) await removeFolder(path)
  return { mirrors, worktrees: worktrees.map(({ path }) => path) }
}

/** What `pruneMirrors` would remove now; a mirror goes after the worktrees that were left in it. */
export async function findPrunable(options: PruneOptions): Promise<{
  readonly mirrors: readonly string[]
  readonly worktrees: readonly LeftWorktree[]
}> {
  const worktrees = await findLeftWorktrees(options.cacheDir)
  return { mirrors: await findUnusedMirrors(options), worktrees }
}

async function findUnusedMirrors(options: PruneOptions): Promise<readonly string[]> {
  const { cacheDir, nowMs, unusedMsMax = mirrorUnusedMsMax } = options
  const unused: string[] = []
  for (const name of await mirrorsIn(cacheDir)) {
    const path = join(cacheDir, name)
    const isInUse = (await readdir(join(path, 'worktrees')).catch(() => [])).length > 0
    const used = await stat(path).catch(() => null)
    if (!isInUse && used !== null && nowMs - used.mtimeMs >= unusedMsMax) unused.push(path)
  }
  return unused
}

interface LeftWorktree {
  readonly path: string
  /** Null: its mirror is gone. */
  readonly mirror: string | null
}

async function findLeftWorktrees(cacheDir: string): Promise<readonly LeftWorktree[]> {
  const folder = join(cacheDir, worktreesFolder)
  const mirrors = await mirrorsIn(cacheDir)
  return (await readdir(folder).catch(() => [])).flatMap((name) => {
    const [mirror, host, pid] = name.split('.')
    if (mirror === undefined || host !== worktreeHost() || isAlive(Number(pid))) return []
    const owner = mirrors.find((candidate) => candidate.startsWith(mirror))
    return [{ path: join(folder, name), mirror: owner === undefined ? null : join(cacheDir, owner) }]
  })
}

async function mirrorsIn(cacheDir: string): Promise<readonly string[]> {
  return (await readdir(cacheDir).catch(() => [])).filter((name) => mirrorNamePattern.test(name))
}

function removeFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 3 })
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
