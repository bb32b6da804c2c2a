import { type CommitId, ConductError, toCommitId } from '@conduct/core'
import { openObjectReader } from './object-reader.ts'
import { requireGit, runGit } from './run-git.ts'

/** What git keeps at one path of a commit. */
export interface CommitEntry {
  readonly path: string
  /** A symbolic link's content is where it leads; a submodule has none here. */
  readonly kind: 'file' | 'link' | 'submodule'
  readonly isExecutable: boolean
  /** Null for a submodule. */
  readonly sizeBytes: number | null
}

/** A commit as it is kept, without a working tree: nothing is checked out, no link is followed, no filter runs. */
export interface CommitTree {
  readonly commit: CommitId
  readonly entries: readonly CommitEntry[]
  /** Text of a file; null where there is none (a link and a submodule are no files). */
  read(path: string): Promise<string | null>
}

const timeoutMs = 60_000

/**
 * @param options.repository a working tree, or a bare repository
 * @param options.revision whatever git can name
 * @returns null: it names no commit there, as in a repository that has none yet.
 * @throws ConductError GIT_FAILED
 */
export async function readCommitTree(options: {
  readonly repository: string
  readonly revision: string
  readonly signal?: AbortSignal | undefined
}): Promise<CommitTree | null> {
  const { repository, revision, signal } = options
  const call = (args: readonly string[]) => ({ cwd: repository, args, timeoutMs, signal })
  const named = await runGit(call(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]))
  if (named.exitCode !== 0) return null
  const commit = toCommitId(named.stdout.trim())
  const listed = await requireGit(call(['ls-tree', '-r', '-l', '-z', '--full-tree', commit]))
  const found = listed
    .split('\0')
    .filter((line) => line !== '')
    .map(parseEntry)
  const ids = new Map(found.flatMap(({ entry, id }) => (entry.kind === 'file' ? [[entry.path, id]] : [])))
  const objects = openObjectReader({ repository, timeoutMs, signal })
  return {
    commit,
    entries: found.map(({ entry }) => entry),
    async read(path) {
      const id = ids.get(path)
      if (id === undefined) return null
      const object = await objects.read(id)
      return object?.type === 'blob' ? object.content.toString('utf8') : null
    },
  }
}

const entryPattern = /^(\d{6}) \w+ ([0-9a-f]+) +(\d+|-)\t(.+)$/s
const kinds: Readonly<Record<string, CommitEntry['kind']>> = { '120000': 'link', '160000': 'submodule' }

function parseEntry(line: string): { readonly entry: CommitEntry; readonly id: string } {
  const [, mode, id, size, path] = entryPattern.exec(line) ?? []
  if (mode === undefined || id === undefined || path === undefined) {
    throw new ConductError('GIT_FAILED', `git ls-tree said something else than an entry: ${line}`)
  }
  return {
    id,
    entry: {
      path,
      kind: kinds[mode] ?? 'file',
      isExecutable: mode === '100755',
      sizeBytes: size === '-' ? null : Number(size),
    },
  }
}
