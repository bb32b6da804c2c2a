import type { CommitId } from '@conduct/core'
import type { FileTree } from '@conduct/ecosystems'
import { type Reading, type RepoAtForge } from '@conduct/forge'
import type { FrozenConsumer } from '../../context.ts'
import { branchesAtOnceMax, branchesMax, staleBranchMs } from '../../limits.ts'
import { createPool } from '../../pool.ts'
import { commitTree } from '../../survey/commit-tree.ts'
import { findUnpublished, showReference } from '../references.ts'
import { green, notApplicable, red, type Row, unknown } from '../row.ts'

/** The same on every open branch, and in every open pull request of a fork; one that nobody touched for 30 days is reported, and stops nothing. */
export const row: Row = {
  check: 'unpublished_branches',
  over: 'consumer',
  async judge({ context, survey, frozen, evidence }) {
    if (survey.artifacts.length === 0) return notApplicable('This train has no library.')
    const elsewhere = await openElsewhere(await evidence.forge(frozen))
    if (elsewhere.state === 'unknown') {
      return unknown('0 of 1', `Open pull requests from elsewhere: ${elsewhere.reason}.`)
    }
    const branches = await openBranches(frozen)
    const open = [...branches, ...elsewhere.value].toSorted((a, b) => b.committedAt - a.committedAt)
    if (open.length === 0) return green('0 of 0 branches', 'No open branch.')
    const looked = open.slice(0, branchesMax)
    const staleBefore = context.clock.wallMs() - staleBranchMs
    const pool = createPool(branchesAtOnceMax)
    const read = await Promise.all(
      looked.map((branch) =>
        pool(async () => {
          const commit = branch.commit ?? (await frozen.mirror.fetchRef(branch.ref))
          const tree = await branchTree(frozen, commit)
          const found = await findUnpublished(context, tree, { survey, adopter: frozen.adopter })
          return { branch, found }
        }),
      ),
    )
    const relying = read
      .filter(({ found }) => found.length > 0)
      .map(({ branch, found }) => ({
        isStale: branch.committedAt < staleBefore,
        text: `${branch.name}: ${found.map(showReference).join('; ')}`,
      }))
    const fresh = relying.filter(({ isStale }) => !isStale).map(({ text }) => text)
    const stale = relying.filter(({ isStale }) => isStale).map(({ text }) => text)
    const coveredText = `${looked.length} of ${open.length} branches`
    const reported = stale.length === 0 ? '' : ` Untouched for 30 days: ${stale.join(', ')}.`
    if (fresh.length > 0) {
      return red(
        coveredText,
        `Open branches rely on what is not published: ${fresh.join(', ')}; merge, rebase or delete them.${reported}`,
      )
    }
    const missed = open.slice(branchesMax).filter(({ committedAt }) => committedAt >= staleBefore)
    if (missed.length > 0) {
      return unknown(
        coveredText,
        `${missed.length} more open branches were not looked into; delete what is merged.`,
      )
    }
    return green(coveredText, `Open branches rely on published versions only.${reported}`)
  },
}

/** A branch as fetched, or a pull request of a fork, whose commits come when they are looked into. */
type OpenWork = { readonly name: string; readonly committedAt: number } & (
  | { readonly commit: CommitId }
  | { readonly commit: null; readonly ref: string }
)

async function openElsewhere(
  at: RepoAtForge | null,
): Promise<Exclude<Reading<readonly OpenWork[]>, { readonly state: 'absent' }>> {
  if (at === null) return { state: 'present', value: [] }
  const reading = await at.repository.readPullRequestsFromElsewhere()
  if (reading.state === 'unknown') return reading
  const pulls = reading.state === 'present' ? reading.value : []
  const value = pulls.map(({ number, label, headRef, updatedAt }) => ({
    name: `#${number} of ${label}`,
    committedAt: Date.parse(updatedAt),
    commit: null,
    ref: headRef,
  }))
  return { state: 'present', value }
}

/** Newest first; what main already holds is no open branch any more. */
async function openBranches({ mirror, main, commit }: FrozenConsumer): Promise<readonly OpenWork[]> {
  const open = await mirror.branches({ notIn: commit })
  return open.filter(({ name }) => name !== main)
}

/** A branch differs from main in few files: all others are read once, from main. */
async function branchTree({ mirror, commit, tree }: FrozenConsumer, head: CommitId): Promise<FileTree> {
  const changed = new Set(await mirror.changedPaths(commit, head))
  const own = commitTree(mirror, head)
  return {
    readFile: (path) => (changed.has(path) ? own : tree).readFile(path),
    listFiles: () => own.listFiles(),
  }
}
