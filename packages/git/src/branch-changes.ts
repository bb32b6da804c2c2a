import { ConductError } from '@conduct/core'
import { openObjectDatabase } from './object-database.ts'
import { requireGit, runGit } from './run-git.ts'

export interface BranchFile {
  readonly path: string
  readonly text: string
}

export interface BranchChange extends BranchFile {
  /** `deleted` has the text of before. */
  readonly kind: 'added' | 'modified' | 'deleted'
  /** Where the branch left the base; null for what it adds. */
  readonly before: string | null
}

export interface ChangedBranch {
  /** Without `refs/heads/`, and without the name of its remote. */
  readonly name: string
  readonly head: string
  /** When that was committed, in milliseconds since 1970; null where nobody asked by pattern. */
  readonly committedMs: number | null
  /** The commit where it left the base; null: they have no common past. */
  readonly from: string | null
  /** Since it left the base, by path. */
  readonly changes: readonly BranchChange[]
}

export interface BranchChanges {
  readonly base: { readonly commit: string; readonly files: readonly BranchFile[] }
  readonly branches: readonly ChangedBranch[]
}

const lookTimeoutMs = 60_000
const branchesMax = 2000

/**
 * What branches change since they left the base, of the files that are wanted. Only looks: at refs and objects, never at the
 * checkout.
 *
 * @param options.branches patterns as git has them (`feature/*`), over local branches and those of remotes; a local one hides its
 *   namesake there.
 * @param options.heads the same of commits that are known, whatever points to them now.
 * @throws ConductError GIT_FAILED  no repository, or no such base.
 */
export async function readBranchChanges(options: {
  readonly cwd: string
  readonly base: string
  readonly branches?: readonly string[]
  readonly heads?: readonly { readonly name: string; readonly head: string }[]
  readonly isWanted: (path: string) => boolean
  /** Of the files of the base; default: those that are wanted of branches. */
  readonly isWantedOnBase?: (path: string) => boolean
  readonly signal?: AbortSignal | undefined
}): Promise<BranchChanges> {
  const { cwd, isWanted, isWantedOnBase = isWanted, signal } = options
  const git = (...args: readonly string[]): Promise<string> =>
    requireGit({ cwd, args, timeoutMs: lookTimeoutMs, signal, env: { GIT_OPTIONAL_LOCKS: '0' } })
  const baseCommit = (
    await git('rev-parse', '--verify', '--end-of-options', `${options.base}^{commit}`)
  ).trim()
  const listed = await git('ls-tree', '-r', '-z', '--name-only', '--full-tree', baseCommit)
  const basePaths = listed.split('\0').filter((path) => path !== '' && isWantedOnBase(path))

  const named = options.branches === undefined ? [] : await branchesOf(git, options.branches)
  const found = [...named, ...(options.heads ?? []).map((each) => ({ ...each, committedMs: null }))]
  const raw = await Promise.all(
    found.map(async ({ name, head, committedMs }) => {
      const left = await runGit({
        cwd,
        args: ['merge-base', baseCommit, head],
        timeoutMs: lookTimeoutMs,
        signal,
      })
      // Without a common past, everything on it is its own.
      const from = left.exitCode === 0 ? left.stdout.trim() : null
      const before = from ?? (await git('hash-object', '-t', 'tree', '/dev/null')).trim()
      const diff = await git('diff-tree', '-r', '-z', '--no-renames', '--name-status', before, head)
      const changes = changesIn(diff).filter((each) => isWanted(each.path))
      return { name, head, committedMs, from, before, changes }
    }),
  )

  const nameOf = (commit: string, path: string): string => `${commit}:${path}`
  const wanted = raw.flatMap(({ head, before, changes }) =>
    changes.flatMap(({ kind, path }) => [
      ...(kind === 'added' ? [] : [nameOf(before, path)]),
      ...(kind === 'deleted' ? [] : [nameOf(head, path)]),
    ]),
  )
  const names = [...new Set([...basePaths.map((path) => nameOf(baseCommit, path)), ...wanted])]
  const objects = await openObjectDatabase(cwd).readNamed(
    // A name with a line feed in it cannot be asked for.
    names.filter((name) => !name.includes('\n')),
    lookTimeoutMs,
  )
  const textOf = (commit: string, path: string): string => {
    const object = objects.get(nameOf(commit, path))
    if (object === undefined) throw new ConductError('GIT_FAILED', `git has no text of ${path} at ${commit}`)
    return object.content.toString('utf8')
  }
  return {
    base: { commit: baseCommit, files: basePaths.map((path) => ({ path, text: textOf(baseCommit, path) })) },
    branches: raw.map(({ name, head, committedMs, from, before, changes }) => ({
      name,
      head,
      committedMs,
      from,
      changes: changes.map(({ kind, path }) => ({
        kind,
        path,
        text: textOf(kind === 'deleted' ? before : head, path),
        before: kind === 'added' ? null : textOf(before, path),
      })),
    })),
  }
}

async function branchesOf(
  git: (...args: readonly string[]) => Promise<string>,
  patterns: readonly string[],
): Promise<readonly { readonly name: string; readonly head: string; readonly committedMs: number }[]> {
  const refs = patterns.flatMap((pattern) =>
    ['refs/heads/', 'refs/remotes/*/'].map((top) => `${top}${pattern}`),
  )
  const text = await git(
    'for-each-ref',
    '--format=%(objectname) %(committerdate:unix) %(symref) %(refname)',
    ...refs,
  )
  const found = new Map<string, { readonly head: string; readonly committedMs: number }>()
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [head = '', seconds = '', symbolic, ref = ''] = line.split(' ')
    // `origin/HEAD` is another name of a branch.
    if (symbolic !== '') continue
    const isLocal = ref.startsWith('refs/heads/')
    const name = isLocal ? ref.slice('refs/heads/'.length) : ref.split('/').slice(3).join('/')
    if (isLocal || !found.has(name)) found.set(name, { head, committedMs: Number(seconds) * 1000 })
  }
  if (found.size > branchesMax) {
    throw new ConductError('GIT_FAILED', `${found.size} branches match, more than ${branchesMax}`)
  }
  return [...found].map(([name, each]) => ({ name, ...each })).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** `A\0path\0M\0path\0…` */
function changesIn(diff: string): readonly { readonly kind: BranchChange['kind']; readonly path: string }[] {
  const fields = diff.split('\0').filter((field) => field !== '')
  return fields.flatMap((status, at) => {
    if (at % 2 === 1) return []
    const kind = status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'modified'
    return [{ kind, path: fields[at + 1] ?? '' } as const]
  })
}
