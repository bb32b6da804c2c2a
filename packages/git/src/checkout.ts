import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type CommitId, ConductError, toCommitId } from '@conduct/core'
import type { CheckoutState } from './ports.ts'
import { branchRef } from './ref-name.ts'
import { type GitResult, runGit } from './run-git.ts'
import { splitZero } from './worktree.ts'

const checkoutTimeoutMs = 30_000

export interface CheckoutOptions {
  readonly path: string
  /** Name of the main branch. */
  readonly main: string
  readonly remoteHead: CommitId | null
  /** The mirror's path: lends its objects, so that a remote head the checkout has never fetched can be compared. */
  readonly mirrorPath?: string
  readonly signal?: AbortSignal
}

/**
 * Looks at somebody's checkout and changes nothing in it: no lock, no refreshed index, no fetch.
 *
 * @throws ConductError CHECKOUT_UNREADABLE  the folder is no git checkout, or git refuses to read it.
 */
export async function inspectCheckout(options: CheckoutOptions): Promise<CheckoutState> {
  const { path, main } = options
  const folder = await stat(path).catch(() => null)
  if (folder?.isDirectory() !== true) throw unreadable(path, 'there is no such folder')
  const git = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<GitResult> =>
    runGit({
      cwd: path,
      args,
      timeoutMs: checkoutTimeoutMs,
      signal: options.signal,
      keepsExcludes: true,
      env: { GIT_OPTIONAL_LOCKS: '0', ...env },
    })
  const status = await git(['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames'])
  if (status.exitCode !== 0) throw unreadable(path, status.stderr.trim())
  const [branch, head, gitDir, stashes] = await Promise.all([
    git(['symbolic-ref', '--quiet', '--short', 'HEAD']),
    git(['rev-parse', '--quiet', '--verify', 'HEAD^{commit}']),
    git(['rev-parse', '--absolute-git-dir']),
    git(['stash', 'list', '--format=%gs']),
  ])
  return {
    branch: branch.exitCode === 0 ? branch.stdout.trim() : null,
    head: head.exitCode === 0 ? toCommitId(head.stdout.trim()) : null,
    dirtyPaths: splitZero(status.stdout).map((entry) => entry.slice(3)),
    inProgress: await operationInProgress(gitDir.stdout.trim()),
    unpushedCommits: await countUnpushed(git, options),
    stashesOnMain: stashes.stdout.split('\n').filter((line) => isStashOn(line, main)).length,
  }
}

type Git = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<GitResult>

async function countUnpushed(git: Git, options: CheckoutOptions): Promise<number> {
  const ref = branchRef(options.main)
  const local = await git(['rev-parse', '--quiet', '--verify', `${ref}^{commit}`])
  if (local.exitCode !== 0) return 0
  const borrowed: Record<string, string> =
    options.mirrorPath === undefined
      ? {}
      : { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(options.mirrorPath, 'objects') }
  const exclude = options.remoteHead === null ? [] : [`^${options.remoteHead}`]
  const exact = await git(['rev-list', '--count', ref, ...exclude], borrowed)
  // A remote head that nobody here has seen: compare with what was last seen of the remote.
  const counted = exact.exitCode === 0 ? exact : await git(['rev-list', '--count', ref, '--not', '--remotes'])
  if (counted.exitCode !== 0) throw unreadable(options.path, counted.stderr.trim())
  return Number(counted.stdout)
}

async function operationInProgress(gitDir: string): Promise<CheckoutState['inProgress']> {
  const marks = [
    ['rebase-merge', 'rebase'],
    ['rebase-apply', 'rebase'],
    ['MERGE_HEAD', 'merge'],
    ['CHERRY_PICK_HEAD', 'cherry-pick'],
    ['REVERT_HEAD', 'revert'],
    ['BISECT_LOG', 'bisect'],
  ] as const
  for (const [file, operation] of marks) {
    if ((await stat(join(gitDir, file)).catch(() => null)) !== null) return operation
  }
  return null
}

function isStashOn(line: string, main: string): boolean {
  return line.startsWith(`WIP on ${main}: `) || line.startsWith(`On ${main}: `)
}

function unreadable(path: string, reason: string): ConductError {
  return new ConductError('CHECKOUT_UNREADABLE', `${path}: ${reason}`, { details: { path } })
}
