import { realpath } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { type GitCall, gitFailed, runGit } from './run-git.ts'

const lookTimeoutMs = 30_000

export interface FileInRepository {
  /** Path from the repository's top, with `/`. */
  readonly path: string
  /** Address of the remote it is shared through; null when the repository has none. */
  readonly remote: string | null
}

/**
 * Which repository a file on this machine belongs to; null outside any. Only looks.
 *
 * The remote is the one that the current branch follows, else `origin`, else the only one.
 *
 * @throws ConductError GIT_FAILED  there is a repository, and git refuses to read it.
 */
export async function findFileInRepository(
  file: string,
  signal?: AbortSignal,
): Promise<FileInRepository | null> {
  const real = await realpath(file)
  const call = (args: readonly string[]): GitCall => ({
    cwd: dirname(real),
    args,
    timeoutMs: lookTimeoutMs,
    signal,
    env: { GIT_OPTIONAL_LOCKS: '0' },
  })
  const look = call(['rev-parse', '--show-toplevel'])
  const top = await runGit(look)
  if (top.exitCode !== 0) {
    if (/not a git repository|must be run in a work tree/i.test(top.stderr)) return null
    throw gitFailed(look, top)
  }
  const from = relative(await realpath(top.stdout.replace(/\n$/, '')), real)
  return { path: from.replaceAll('\\', '/'), remote: await sharedThrough(call) }
}

async function sharedThrough(call: (args: readonly string[]) => GitCall): Promise<string | null> {
  const read = async (args: readonly string[]): Promise<string> => (await runGit(call(args))).stdout.trim()
  const names = (await read(['remote'])).split('\n').filter((name) => name !== '')
  const branch = await read(['symbolic-ref', '--quiet', '--short', 'HEAD'])
  const followed = branch === '' ? '' : await read(['config', '--get', `branch.${branch}.remote`])
  const only = names.length === 1 ? names[0] : undefined
  const name = [followed, 'origin', only].find((one) => one !== undefined && names.includes(one))
  return name === undefined ? null : await read(['config', '--get', `remote.${name}.url`])
}
