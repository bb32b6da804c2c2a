import { constants } from 'node:fs'
import { copyFile, cp, lstat, mkdtemp, readlink, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ConductError } from '@conduct/core'
import { adoptWith, type AdoptOptions, type LockingManager } from './adopt.ts'

/** Never part of what a lockfile is made from. */
const leftOut = new Set(['.git', 'node_modules', 'vendor/bundle', '.yarn/cache', '.yarn/unplugged'])

/**
 * Adopts in a copy that is thrown away, and brings back the lockfile and the manifests. For managers that cannot lock
 * without installing, or that write more than their lockfile; if anything fails, the worktree was never touched.
 */
export async function adoptInCopy(manager: LockingManager, options: AdoptOptions): Promise<void> {
  await using copy = await copyWorktree(options.worktree)
  const files = await adoptWith(manager, { ...options, worktree: copy.path })
  for (const file of new Set(files)) await refuseLink(options.worktree, file)
  for (const file of new Set(files)) {
    await copyFile(path.join(copy.path, file), path.join(options.worktree, file))
  }
}

async function copyWorktree(worktree: string): Promise<AsyncDisposable & { readonly path: string }> {
  const target = await realpath(await mkdtemp(path.join(tmpdir(), 'conduct-adopt-')))
  await cp(worktree, target, {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: async (source) =>
      !leftOut.has(path.relative(worktree, source)) &&
      path.basename(source) !== 'node_modules' &&
      (await staysWithin(worktree, source)),
  })
  return { path: target, [Symbol.asyncDispose]: () => rm(target, { recursive: true, force: true }) }
}

/** A link that leads out of the worktree would let a package manager write where it should not. */
async function staysWithin(worktree: string, source: string): Promise<boolean> {
  if (!(await lstat(source)).isSymbolicLink()) return true
  const to = await readlink(source)
  const relative = path.relative(worktree, path.resolve(path.dirname(source), to))
  return !path.isAbsolute(to) && relative !== '..' && !relative.startsWith(`..${path.sep}`)
}

async function refuseLink(worktree: string, file: string): Promise<void> {
  const found = await lstat(path.join(worktree, file)).catch(() => null)
  if (found?.isSymbolicLink() !== true) return
  throw new ConductError('ADOPT_FAILED', `${file} is a symbolic link; adopting writes only to files`, {
    details: { file },
  })
}
