import { fileTreeAt } from '@conduct/git'
import type { FrozenConsumer } from '../../context.ts'
import { branchesMax, staleBranchMs } from '../../limits.ts'
import { findUnpublished, showReference } from '../references.ts'
import { green, notApplicable, red, type Row, unknown } from '../row.ts'

/** The same on every open branch; one that nobody touched for 30 days is reported, and stops nothing. */
export const row: Row = {
  check: 'unpublished_branches',
  over: 'consumer',
  async judge({ context, survey, frozen }) {
    if (survey.artifacts.length === 0) return notApplicable('This train has no library.')
    const open = await openBranches(frozen)
    if (open.length === 0) return green('0 of 0 branches', 'No open branch.')
    const looked = open.slice(0, branchesMax)
    const staleBefore = context.clock.wallMs() - staleBranchMs
    const fresh: string[] = []
    const stale: string[] = []
    for (const branch of looked) {
      const found = await findUnpublished(context, fileTreeAt(frozen.mirror, branch.commit), {
        survey,
        adopter: frozen.adopter,
      })
      if (found.length === 0) continue
      const text = `${branch.name}: ${found.map(showReference).join('; ')}`
      if (branch.committedAt < staleBefore) stale.push(text)
      else fresh.push(text)
    }
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

/** Newest first; what main already holds is no open branch any more. */
async function openBranches(frozen: FrozenConsumer) {
  const others = (await frozen.mirror.branches()).filter(({ name }) => name !== frozen.main)
  const open = []
  for (const branch of others) {
    if (!(await frozen.mirror.isAncestor(branch.commit, frozen.commit))) open.push(branch)
  }
  return open
}
