/** The repositories that init looks at: checkouts at what is committed in them, remotes at their default branch. */
import { readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { ConductError } from '@conduct/core'
import { cacheHome, type CommitTree, findLocalRepository, openMirror, readCommitTree } from '@conduct/git'
import type { CommandContext } from '../command.ts'
import { lookAtGit } from '../guard/git-look.ts'
import { quoteWord } from '../quote-word.ts'

export interface Source {
  /** Top of the checkout; null for a remote. */
  readonly top: string | null
  /** The address it is shared through, as it is written there; null: it has none. */
  readonly address: string | null
  readonly branch: string | null
  readonly remotes: ReadonlyMap<string, string>
  /** Null: nothing is committed there yet. */
  readonly tree: CommitTree | null
}

/**
 * @param named folders and addresses; none: the repository one stands in
 * @throws ConductError INIT_NO_REPOSITORY, USAGE, GIT_FAILED, GIT_REMOTE_INVALID, REMOTE_UNREACHABLE
 */
export async function openSources(
  context: CommandContext,
  named: readonly string[],
): Promise<readonly Source[]> {
  const asked = named.length === 0 ? ['.'] : named
  const sources: Source[] = []
  for (const text of asked) sources.push(await openSource(context, text))
  const places = sources.map(({ top, address }) => address ?? top)
  const again = places.findIndex((place, at) => places.indexOf(place) !== at)
  if (again !== -1)
    throw new ConductError('USAGE', `${asked[again] ?? ''} names a repository for the second time`)
  return sources
}

/** `git@host:path`, which no folder is called; everything with a scheme. */
const addressPattern = /^(?:[a-z][a-z\d+.-]*:\/\/|[^/\\\s]+:(?![\\/]{2}))/i

async function openSource(context: CommandContext, text: string): Promise<Source> {
  const folder = resolve(context.cwd, text)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) {
    const checkout = await openCheckout(folder, context.signal)
    if (checkout !== null) return checkout
    if (isBare(folder)) return openRemote(context, folder)
    throw noRepository(`${folder} is in no repository of git`, folder)
  }
  if (addressPattern.test(text)) return openRemote(context, text)
  throw noRepository(`there is no folder ${folder}, and ${JSON.stringify(text)} is no address`, context.cwd)
}

async function openCheckout(folder: string, signal: AbortSignal): Promise<Source | null> {
  const found = await findLocalRepository(folder, signal)
  if (found === null) return null
  const tree = await readCommitTree({ repository: found.top, revision: 'HEAD', signal })
  return { top: found.top, address: found.shared, branch: found.branch, remotes: found.remotes, tree }
}

function isBare(folder: string): boolean {
  return lookAtGit(folder, ['rev-parse', '--is-bare-repository']).stdout.trim() === 'true'
}

const REMOTE_MS_MAX = 300_000

async function openRemote({ env, signal }: CommandContext, remote: string): Promise<Source> {
  const cacheDir = join(cacheHome(env), 'mirrors')
  const mirror = await openMirror({ cacheDir, remote, timeoutMs: REMOTE_MS_MAX, signal })
  await mirror.fetch()
  const branch = await mirror.defaultBranch()
  const commit = branch === null ? null : await mirror.branchHead(branch)
  const tree =
    commit === null ? null : await readCommitTree({ repository: mirror.path, revision: commit, signal })
  return { top: null, address: remote, branch, remotes: new Map(), tree }
}

const shownMax = 6

/** Whoever stands above several checkouts meant those. */
function noRepository(why: string, folder: string): ConductError {
  const below = checkoutsBelow(folder)
  if (below.length === 0) return new ConductError('INIT_NO_REPOSITORY', why)
  const words = below.slice(0, shownMax).map(quoteWord).join(' ')
  return new ConductError('INIT_NO_REPOSITORY', why, {
    hint: `There ${below.length === 1 ? 'is one' : 'are some'} below: conduct init ${words}${below.length > shownMax ? ' …' : ''}`,
  })
}

function checkoutsBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(
        (entry) =>
          entry.isDirectory() && statSync(join(folder, entry.name, '.git'), { throwIfNoEntry: false }),
      )
      .map(({ name }) => basename(name))
      .toSorted()
  } catch {
    // A folder that is not there, or that is nobody's to read: there is nothing to propose.
    return []
  }
}
