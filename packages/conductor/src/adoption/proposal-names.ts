import type { RunId } from '@conduct/core'
import { stepId } from '../step-id.ts'

/** The branch that a run offers its commits on, the same in every consumer. */
export function proposalBranch(run: RunId): string {
  return `conduct/run-${run}`
}

/** Stands in the body of the pull request, so that a resume finds it and takes no other for it. */
export function proposalMarker(run: RunId, repo: string): string {
  return `<!-- conduct-run: ${run} ${stepId.adopt(repo)} -->`
}
