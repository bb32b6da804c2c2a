import { requireGit } from './run-git.ts'

const lookTimeoutMs = 60_000

/**
 * Every path that a commit added which some branch has, here or of a remote, and the base has not: one look, however many branches
 * there are. A path that was added and removed again is among them.
 *
 * @throws ConductError GIT_FAILED  no repository, or no such base.
 */
export async function listAddedPaths(options: {
  readonly cwd: string
  readonly base: string
  readonly signal?: AbortSignal | undefined
}): Promise<readonly string[]> {
  const { cwd, base, signal } = options
  const names = ['--name-only', '--no-renames', '--diff-filter=A', '-z', '--format=']
  const text = await requireGit({
    cwd,
    args: ['log', ...names, '--branches', '--remotes', '--not', base, '--'],
    timeoutMs: lookTimeoutMs,
    signal,
  })
  return [...new Set(text.split(/[\0\n]/).filter((path) => path !== ''))]
}
