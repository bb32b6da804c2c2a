import { requireGit, runGit } from './run-git.ts'

const lookTimeoutMs = 60_000

export interface HistoryFiles {
  readonly files: readonly string[]
  /** Of a shallow clone whose history begins later than it was asked for: since when, else null. */
  readonly cutAt: string | null
}

/**
 * Every path that a commit changed since then, of what is checked out and of the default branch of `origin` where that is known;
 * of a merge, what it brought. Only looks.
 *
 * @throws ConductError GIT_FAILED  no repository, or no commit.
 */
export async function listHistoryFiles(options: {
  readonly cwd: string
  /** Where to begin; default: HEAD and the default branch of origin. */
  readonly from?: string
  readonly sinceMs: number
  readonly signal?: AbortSignal | undefined
}): Promise<HistoryFiles> {
  const { cwd, sinceMs, signal } = options
  const call = (args: readonly string[]) => ({
    cwd,
    args,
    timeoutMs: lookTimeoutMs,
    signal,
    env: { GIT_OPTIONAL_LOCKS: '0' },
  })
  const origin = 'refs/remotes/origin/HEAD'
  const hasOrigin =
    (await runGit(call(['rev-parse', '--quiet', '--verify', `${origin}^{commit}`]))).exitCode === 0
  const refs = options.from === undefined ? ['HEAD', ...(hasOrigin ? [origin] : [])] : [options.from]
  const since = `--since=${new Date(sinceMs).toISOString()}`
  const names = ['--name-only', '--no-renames', '--diff-merges=first-parent', '-z', '--format=']
  const listed = await requireGit(call(['log', ...names, since, ...refs, '--']))
  const isShallow = (await requireGit(call(['rev-parse', '--is-shallow-repository']))).trim() === 'true'
  const oldest = isShallow
    ? (await requireGit(call(['log', '--format=%cs %ct', ...refs, '--']))).trim().split('\n').at(-1)
    : undefined
  const [day = '', seconds = '0'] = oldest?.split(' ') ?? []
  return {
    files: [...new Set(listed.split(/[\0\n]/).filter((path) => path !== ''))].sort(),
    cutAt: isShallow && Number(seconds) * 1000 > sinceMs ? day : null,
  }
}
