import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { remoteFailed, runRemote } from './remote.ts'
import { requireGit } from './run-git.ts'

/**
 * How many commits of some refs at the remote are younger than `sinceMs`, at most about `countMax` per ref. Looks in a
 * throwaway repository: to ask for a chain of a certain length would cut what others have at hand.
 */
export async function countRecentCommits(
  {
    folder,
    remote,
    timeoutMs,
  }: { readonly folder: string; readonly remote: string; readonly timeoutMs: number },
  {
    refs,
    sinceMs,
    countMax,
  }: { readonly refs: readonly string[]; readonly sinceMs: number; readonly countMax: number },
): Promise<number> {
  if (refs.length === 0) return 0
  const path = join(folder, `new-${randomBytes(6).toString('hex')}`)
  try {
    await requireGit({ cwd: folder, args: ['init', '--bare', '--', path], timeoutMs })
    const asked = refs.map((ref) => `+${ref}:${ref}`)
    const args = ['fetch', '--no-tags', '--verbose', `--depth=${countMax}`, '--', remote, ...asked]
    const request = { cwd: path, remote, timeoutMs, args }
    const result = await runRemote(request)
    if (result.exitCode !== 0) throw remoteFailed(request, result)
    const since = `--since=@${Math.floor(sinceMs / 1000)} +0000`
    return Number(await requireGit({ cwd: path, args: ['rev-list', '--count', '--all', since], timeoutMs }))
  } finally {
    await rm(path, { recursive: true, force: true, maxRetries: 3 })
  }
}
