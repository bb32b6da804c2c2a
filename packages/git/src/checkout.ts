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
  const ref = branchRef(options.main)
  // Three processes side by side; a fourth only where main stands elsewhere than at the remote.
  const [status, place, stashes] = await Promise.all([
    git([
      'status',
      '--porcelain=v2',
      '--branch',
      '--no-ahead-behind',
      '-z',
      '--untracked-files=all',
      '--no-renames',
    ]),
    git(['rev-parse', '--absolute-git-dir', `${ref}^{commit}`]),
    git(['stash', 'list', '--format=%gs']),
  ])
  if (status.exitCode !== 0) throw unreadable(path, status.stderr.trim())
  const [gitDir = '', local = ''] = place.stdout.split('\n')
  const seen = readStatus(status.stdout)
  return {
    ...seen,
    inProgress: await operationInProgress(gitDir),
    unpushedCommits: place.exitCode === 0 ? await countUnpushed(git, { ...options, ref, local }) : 0,
    stashesOnMain: stashes.stdout.split('\n').filter((line) => isStashOn(line, main)).length,
  }
}

/** Fields before the path, by what begins the line. Source: git-status(1), porcelain format version 2. */
const fieldsBeforePath: Readonly<Record<string, number>> = { '1': 8, u: 10, '?': 1 }

function readStatus(text: string): Pick<CheckoutState, 'branch' | 'head' | 'dirtyPaths'> {
  const lines = splitZero(text)
  const said = (name: string): string | null => {
    const header = `# branch.${name} `
    return lines.find((line) => line.startsWith(header))?.slice(header.length) ?? null
  }
  const [oid, branch] = [said('oid'), said('head')]
  return {
    branch: branch === '(detached)' ? null : branch,
    head: oid === null || oid === '(initial)' ? null : toCommitId(oid),
    dirtyPaths: lines.filter((line) => !line.startsWith('# ')).map(pathOf),
  }
}

function pathOf(line: string): string {
  const fields = fieldsBeforePath[line.slice(0, 1)]
  return fields === undefined ? line : line.split(' ').slice(fields).join(' ')
}

type Git = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<GitResult>

interface Unpushed extends CheckoutOptions {
  /** Full name of main, and where it stands here. */
  readonly ref: string
  readonly local: string
}

async function countUnpushed(git: Git, options: Unpushed): Promise<number> {
  const { ref, local, remoteHead } = options
  if (local === remoteHead) return 0
  const borrowed: Record<string, string> =
    options.mirrorPath === undefined
      ? {}
      : { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(options.mirrorPath, 'objects') }
  const exclude = remoteHead === null ? [] : [`^${remoteHead}`]
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
