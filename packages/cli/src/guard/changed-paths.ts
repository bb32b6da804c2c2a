import { lookAtGit, pathsIn, requireLook } from './git-look.ts'
import { readHeads } from './heads.ts'

/** What somebody made on a branch. */
export interface Work {
  /** Null: on none. */
  readonly branch: string | null
  /** Where it is committed; null: in the index, or in the working tree only. */
  readonly head: string | null
  readonly isUncommitted: boolean
  /** Where its branch was left, the first that there is: what is compared. None: its parent. */
  readonly bases: readonly string[]
  readonly paths: readonly string[]
}

/** Paths from the top of the working tree, both names of what was renamed. */
const names = [
  '--name-only',
  '-z',
  '--no-renames',
  '--no-relative',
  '--no-ext-diff',
  '--ignore-submodules=dirty',
]

/**
 * What the next commit changes. Of a merge, only what differs from every parent: the rest was committed by others, and judged
 * there.
 */
export function stagedPaths(cwd: string): readonly string[] {
  const staged = pathsIn(requireLook(cwd, ['diff', '--cached', ...names]))
  if (staged.length === 0) return staged
  const { merged } = readHeads(cwd)
  if (merged === null) return staged
  const fromOther = new Set(pathsIn(requireLook(cwd, ['diff', '--cached', ...names, merged])))
  return staged.filter((path) => fromOther.has(path))
}

/** What is not committed: staged, changed or new. */
export function uncommittedPaths(cwd: string): readonly string[] {
  const listed = requireLook(cwd, ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames'])
  return pathsIn(listed).map((line) => line.slice(3))
}

/** What this branch changed since it left the base. */
export function pathsSince(cwd: string, base: string): readonly string[] {
  return pathsIn(requireLook(cwd, ['diff', ...names, '--end-of-options', `${base}...HEAD`]))
}

/** The same of a pull request, wherever this checkout stands. */
export function pathsBetween(cwd: string, base: string, head: string): readonly string[] {
  return pathsIn(requireLook(cwd, ['diff', ...names, '--end-of-options', `${base}...${head}`]))
}

/** Null where HEAD is on no branch. */
export function currentBranch(cwd: string): string | null {
  const { exit, stdout } = lookAtGit(cwd, ['symbolic-ref', '--quiet', '--short', 'HEAD'])
  return exit === 0 ? stdout.trim() : null
}

export interface PushedRef {
  readonly localRef: string
  readonly local: string
  readonly remoteRef: string
  readonly remote: string
}

/** What git tells a pre-push hook on its standard input. Source: githooks(5). */
export function readPushed(text: string): readonly PushedRef[] {
  return text.split('\n').flatMap((line): readonly PushedRef[] => {
    const [localRef = '', local = '', remoteRef = '', remote = ''] = line.trim().split(' ')
    return remote === '' ? [] : [{ localRef, local, remoteRef, remote }]
  })
}

/**
 * What a push brings to a remote: every path of every commit that the remote has not, and for one that overwrites, what it
 * takes away. Removing a branch brings nothing.
 */
export function pushedWorks(
  cwd: string,
  { remote, refs }: { readonly remote: string; readonly refs: readonly PushedRef[] },
): readonly Work[] {
  return refs
    .filter(({ local }) => !isNothing(local))
    .map((ref) => ({
      branch: ref.remoteRef.replace(/^refs\/heads\//, ''),
      head: ref.local,
      isUncommitted: false,
      // Only a clone knows which branch is the remote's own.
      bases: [
        ...['HEAD', 'main', 'master'].map((name) => `refs/remotes/${remote}/${name}`),
        ...(isNothing(ref.remote) ? [] : [ref.remote]),
      ],
      paths: pathsOfPush(cwd, remote, ref),
    }))
}

function pathsOfPush(cwd: string, remoteName: string, { local, remote }: PushedRef): readonly string[] {
  const isKnown = !isNothing(remote) && lookAtGit(cwd, ['cat-file', '-e', `${remote}^{commit}`]).exit === 0
  const isRemote = lookAtGit(cwd, ['config', '--get', `remote.${remoteName}.url`]).exit === 0
  const known = [isRemote ? `--remotes=${remoteName}` : '--remotes', ...(isKnown ? [remote] : [])]
  // Of merges only what none of their parents has (-c): the rest is in commits of its own.
  const brought = requireLook(cwd, [
    'log',
    '--format=',
    '-c',
    ...names,
    `${local}^{commit}`,
    '--not',
    ...known,
    '--',
  ])
  const isForward = !isKnown || lookAtGit(cwd, ['merge-base', '--is-ancestor', remote, local]).exit === 0
  const taken = isForward ? '' : requireLook(cwd, ['diff', ...names, remote, local, '--'])
  return [...pathsIn(brought.replaceAll('\n', '')), ...pathsIn(taken)]
}

function isNothing(id: string): boolean {
  return /^0+$/.test(id)
}
