import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Repo } from '@conduct/config'
import { ConductError } from '@conduct/core'
import { systemClock } from '@conduct/lanes/engine'
import { type Answer, historyDays, type RepoHistory } from '@conduct/review'
import type { CommandContext } from '../command.ts'
import { findGuarded } from '../guard/repository.ts'
import { asUnknown } from './as-unknown.ts'
import type { ReadRevisions } from './read-revisions.ts'

/** What the latest history of each repo changed: from the checkout one stands in, the one lanes.yaml names, else a private mirror. */
export async function readHistories(
  context: CommandContext,
  { repos, revisions }: { readonly repos: readonly string[]; readonly revisions: ReadRevisions },
): Promise<ReadonlyMap<string, Answer<RepoHistory>>> {
  if (repos.length === 0) return new Map()
  const { before, after } = revisions
  const here = findGuarded(context, after, {})
  const sinceMs = systemClock.wallMs() - historyDays * dayMs
  return new Map(
    await Promise.all(
      repos.map(async (name): Promise<readonly [string, Answer<RepoHistory>]> => {
        const repo = before?.config.repos.get(name) ?? after.config.repos.get(name)
        try {
          const checkout = here.repo === name ? here.top : checkoutOf(repo, after.address)
          return [name, { outcome: 'known', value: await readHistory(context, { checkout, repo, sinceMs }) }]
        } catch (error) {
          return [name, asUnknown(context, error)]
        }
      }),
    ),
  )
}

const dayMs = 24 * 3_600_000
/** A remote that answers no sooner is one that cannot be asked. */
const remoteMsMax = 60_000

async function readHistory(
  context: CommandContext,
  options: { readonly checkout: string | null; readonly repo: Repo | undefined; readonly sinceMs: number },
): Promise<RepoHistory> {
  const { checkout, repo, sinceMs } = options
  const { signal, env } = context
  const { cacheHome, listHistoryFiles, openMirror } = await import('@conduct/git')
  if (checkout !== null) return listHistoryFiles({ cwd: checkout, sinceMs, signal })
  if (repo === undefined) throw new ConductError('GIT_FAILED', 'there is no such repo')
  const cacheDir = join(cacheHome(env), 'mirrors')
  const mirror = await openMirror({ cacheDir, remote: repo.remote, timeoutMs: remoteMsMax, signal })
  await mirror.fetch()
  const main = repo.main ?? (await mirror.defaultBranch())
  const from = main === null ? null : await mirror.branchHead(main)
  if (from === null) throw new ConductError('GIT_FAILED', `${repo.remote} has no branch ${main ?? 'at all'}`)
  return listHistoryFiles({ cwd: mirror.path, from, sinceMs, signal })
}

/** The local checkout that lanes.yaml names, where it is one. */
function checkoutOf(repo: Repo | undefined, address: string): string | null {
  if (repo === undefined || repo.path === null) return null
  const folder = resolve(dirname(address), repo.path)
  return statSync(join(folder, '.git'), { throwIfNoEntry: false }) === undefined ? null : folder
}
