import type { CommitId } from '@conduct/core'
import { pushOwnBranch, pushTimeoutMs, strangeCommit } from '../adoption/push-own-branch.ts'
import { intendedCommits } from '../journal/begun.ts'
import { stepId } from '../step-id.ts'
import type { Observation, Step } from '../step.ts'
import type { UndoPlace } from './place.ts'
import { createRevert } from './revert.ts'

interface Offer {
  readonly branch: string
  /** What is taken back: the head of main. */
  readonly adopted: CommitId
}

/** The commit that takes the adoption back, on a branch of the run's own; only commits of this run are replaced. */
export function proposeRevertStep(place: UndoPlace, { branch, adopted }: Offer): Step {
  const { name, mirror } = place
  let standing: CommitId | null = null
  let commit: CommitId | null = null
  return {
    id: stepId.proposeRevert(name),
    phase: 'undo',
    kind: 'propose_revert',
    repo: name,
    action: `offer the revert of ${adopted} to ${name} on ${branch}`,
    irreversible: false,
    observe: async () => {
      standing = await mirror.remoteHead(branch)
      return observeBranch(place, { branch, adopted, standing })
    },
    effect: {
      timeoutMs: pushTimeoutMs,
      observationIsImmediate: true,
      prepare: async () => {
        commit = await createRevert(place, adopted)
        return { commit, base: adopted, branch }
      },
      act: ({ signal }) => pushOwnBranch(place, { branch, commit, expect: standing, signal }),
    },
  }
}

function observeBranch(
  { travel, name }: UndoPlace,
  { branch, adopted, standing }: Offer & { readonly standing: CommitId | null },
): Observation {
  if (standing === null) return { state: 'expected', evidence: `${name} has no ${branch}` }
  const ours = intendedCommits(travel.records(), stepId.proposeRevert(name)).findLast(
    (one) => one.commit === standing,
  )
  if (ours === undefined) {
    const error = strangeCommit({ name }, { branch, found: standing })
    return { state: 'other', evidence: error.message, error }
  }
  if (ours.facts['base'] !== adopted) {
    return { state: 'expected', evidence: `${branch} of ${name} takes something older back` }
  }
  return {
    state: 'goal',
    evidence: `${branch} of ${name} at ${standing}`,
    facts: { commit: standing, branch },
  }
}
