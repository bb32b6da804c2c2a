import type { RunId } from '@conduct/core'
import { stepId } from '../step-id.ts'

/** Stands in the body of a release that a run made, and in no other. */
export function releaseMarker(run: RunId, tag: string): string {
  return `<!-- conduct-run: ${run} ${stepId.forgeRelease(tag)} -->`
}
