import type { RunId } from '@conduct/core'
import { stepId } from '../step-id.ts'

/** How every branch of a run begins. */
export const runBranches = 'conduct/run-'

/** The branch that a run offers its commits on, the same in every consumer. */
export function proposalBranch(run: RunId): string {
  return `${runBranches}${run}`
}

/** The branch that the way back of a run offers its commits on. */
export function revertBranch(run: RunId): string {
  return `${proposalBranch(run)}-revert`
}

/** Stands in the body of the pull request, so that a resume finds it and takes no other for it. */
export function proposalMarker(run: RunId, repo: string): string {
  return `<!-- conduct-run: ${run} ${stepId.adopt(repo)} -->`
}

export function revertMarker(run: RunId, repo: string): string {
  return `<!-- conduct-run: ${run} ${stepId.revert(repo)} -->`
}
