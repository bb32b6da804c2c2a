import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { type CommitId, invariant, toCommitId } from '@conduct/core'
import type { Signature, Worktree } from './ports.ts'
import { type GitCall, requireGit } from './run-git.ts'

/** Folder beside the mirrors that holds every private worktree. */
export const worktreesFolder = 'worktrees'

export interface WorktreeOptions {
  readonly mirrorPath: string
  /** Where it is made; default: beside the mirror. */
  readonly folder?: string
  readonly commit: CommitId
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** A private, detached worktree of a mirror at one commit. */
export async function addWorktree(options: WorktreeOptions): Promise<Worktree> {
  const { mirrorPath, commit, timeoutMs, signal } = options
  const folder = options.folder ?? join(dirname(mirrorPath), worktreesFolder)
  await mkdir(folder, { recursive: true })
  const path = join(folder, worktreeName(basename(mirrorPath, '.git')))
  const inWorktree = (args: readonly string[]): GitCall => ({ cwd: path, args, timeoutMs, signal })
  try {
    await linkWorktree(mirrorPath, { path, commit })
    await requireGit(inWorktree(['read-tree', '--reset', '-u', commit]))
  } catch (error) {
    await removeWorktree(mirrorPath, path)
    throw error
  }
  // The index as git wrote it, so that what a command in the worktree stages is not part of our commits.
  let parent = commit

  return {
    path,
    commit,
    async changedPaths() {
      const listed = await requireGit(
        inWorktree(['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames']),
      )
      return splitZero(listed).map((entry) => entry.slice(3))
    },
    async diff() {
      const untracked = splitZero(
        await requireGit(inWorktree(['ls-files', '-z', '--others', '--exclude-standard'])),
      )
      if (untracked.length > 0) {
        await requireGit(inWorktree(['--literal-pathspecs', 'add', '--intent-to-add', '--', ...untracked]))
      }
      return requireGit(inWorktree(['diff', '--no-ext-diff', '--no-color', '--no-renames', parent]))
    },
    async commitPaths({ paths, message, author }) {
      invariant(paths.length > 0, 'a commit names its paths')
      await requireGit(inWorktree(['read-tree', parent]))
      await requireGit(
        inWorktree(['--literal-pathspecs', 'add', '--verbose', '--all', '--force', '--', ...paths]),
      )
      const tree = (await requireGit(inWorktree(['write-tree']))).trim()
      const made = await requireGit({
        ...inWorktree(['commit-tree', '--no-gpg-sign', '-p', parent, '-F', '-', tree]),
        input: message.endsWith('\n') ? message : `${message}\n`,
        env: signatureEnv(author),
      })
      const next = toCommitId(made.trim())
      await writeFile(headOf(mirrorPath, path), `${next}\n`)
      parent = next
      return next
    },
    async [Symbol.asyncDispose]() {
      await removeWorktree(mirrorPath, path)
    },
  }
}

/**
 * What `git worktree add` writes down before it writes the files out: git would start two more processes for it, and
 * every repository of a train needs a worktree or several.
 *
 * Source: gitrepository-layout (worktrees/), git-worktree(1), details.
 */
async function linkWorktree(
  mirrorPath: string,
  { path, commit }: { readonly path: string; readonly commit: CommitId },
): Promise<void> {
  const known = join(mirrorPath, 'worktrees', basename(path))
  await mkdir(known, { recursive: true })
  await writeFile(headOf(mirrorPath, path), `${commit}\n`)
  await writeFile(join(known, 'commondir'), '../..\n')
  await writeFile(join(known, 'gitdir'), `${join(path, '.git')}\n`)
  await mkdir(path)
  await writeFile(join(path, '.git'), `gitdir: ${known}\n`)
}

/** Detached: it holds the commit itself. */
function headOf(mirrorPath: string, path: string): string {
  return join(mirrorPath, 'worktrees', basename(path), 'HEAD')
}

/** Removes the folder and what the mirror knows of it, whatever state either is in. */
export async function removeWorktree(mirrorPath: string, path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  await rm(join(mirrorPath, 'worktrees', basename(path)), { recursive: true, force: true, maxRetries: 5 })
}

/** `<mirror>.<host>.<pid>.<random>`: whose it is can be read off later, when that process is gone. */
function worktreeName(mirror: string): string {
  return [mirror.slice(0, 12), worktreeHost(), process.pid, randomUUID().slice(0, 8)].join('.')
}

export function worktreeHost(): string {
  return hostname().replaceAll(/[^A-Za-z0-9-]/g, '-')
}

export function signatureEnv(signature: Signature): Record<string, string> {
  const date = `${Math.floor(signature.wallMs / 1000)} +0000`
  return {
    GIT_AUTHOR_NAME: signature.name,
    GIT_AUTHOR_EMAIL: signature.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: signature.name,
    GIT_COMMITTER_EMAIL: signature.email,
    GIT_COMMITTER_DATE: date,
  }
}

export function splitZero(text: string): string[] {
  return text.split('\0').filter((part) => part !== '')
}
