import { type CommitId, toCommitId } from '@conduct/core'
import { requireGit } from './run-git.ts'

export interface CommitWithTrailers {
  readonly commit: CommitId
  /** Null for the first one of all. */
  readonly parent: CommitId | null
  /** By name, in their order; a name that is not there is absent. */
  readonly trailers: Readonly<Record<string, readonly string[]>>
}

const lookTimeoutMs = 30_000

/**
 * What commits say of themselves in the last lines of their messages (`Name: value`), the newest first, along first parents.
 *
 * @param options.ref a branch or a commit.
 * @throws ConductError GIT_FAILED  there is none.
 */
export async function readTrailers(options: {
  readonly cwd: string
  readonly ref: string
  readonly names: readonly string[]
  readonly countMax: number
  readonly signal?: AbortSignal | undefined
}): Promise<readonly CommitWithTrailers[]> {
  const { cwd, ref, names, countMax, signal } = options
  const commit = await requireGit({
    cwd,
    args: ['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`],
    timeoutMs: lookTimeoutMs,
    signal,
  })
  const placeholders = names.map((name) => `%(trailers:key=${name},valueonly,separator=%x0a)`)
  const format = ['%H', '%P', ...placeholders].join('%x00')
  const args = [
    'log',
    '--first-parent',
    `--max-count=${countMax}`,
    '-z',
    `--format=${format}%x01`,
    commit.trim(),
  ]
  const text = await requireGit({ cwd, args, timeoutMs: lookTimeoutMs, signal })
  return text
    .split('\u0001')
    .map((record) => record.replace(/^\0/, ''))
    .filter((record) => record.trim() !== '')
    .map((record) => {
      const [id = '', parents = '', ...found] = record.split('\0')
      const [parent] = parents.split(' ')
      const known = names.map(
        (name, at) => [name, (found[at] ?? '').split('\n').filter((each) => each.trim() !== '')] as const,
      )
      return {
        commit: toCommitId(id),
        parent: parent === undefined || parent === '' ? null : toCommitId(parent),
        trailers: Object.fromEntries(known.filter(([, values]) => values.length > 0)),
      }
    })
}
