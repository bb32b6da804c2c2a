import { ConductError, type CommitId } from '@conduct/core'
import type { Mirror } from '@conduct/git'
import type { Acted } from '../step.ts'

/** Long enough for a big repository over a slow line. */
export const pushTimeoutMs = 5 * 60_000

/** Pushes to a branch that only this run writes: what is replaced there is a commit of this run, or nothing. */
export async function pushOwnBranch(
  place: { readonly name: string; readonly mirror: Pick<Mirror, 'push'> },
  push: {
    readonly branch: string
    readonly commit: CommitId | null
    /** Where the branch was seen; it is not moved from anywhere else. */
    readonly expect: CommitId | null
    readonly signal: AbortSignal
  },
): Promise<Acted> {
  const { branch, commit, expect, signal } = push
  const { name, mirror } = place
  const ref = `refs/heads/${branch}`
  const pushed = await mirror.push({ source: commit ?? '', ref, expect, replacesOwn: true, signal })
  if (pushed.outcome === 'pushed') return { outcome: 'acted' }
  const error =
    pushed.outcome === 'lost'
      ? strangeCommit(place, { branch, found: pushed.actual })
      : new ConductError(
          'ADOPT_REFUSED',
          `${name}: the remote refused the push to ${branch}: ${pushed.reason}`,
        )
  return { outcome: 'refused', error }
}

export function strangeCommit(
  { name }: { readonly name: string },
  { branch, found }: { readonly branch: string; readonly found: string | null },
): ConductError {
  return new ConductError(
    'EXPECTED_STATE',
    `${name}: ${branch} stands at ${found ?? 'nothing'}, which this run did not push`,
    { hint: `Nobody's commits are dropped: take yours elsewhere, delete ${branch}, then resume.` },
  )
}
