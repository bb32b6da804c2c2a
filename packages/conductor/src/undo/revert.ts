import { ConductError, type CommitId, isConductError, toCommitId } from '@conduct/core'
import { intendedCommits } from '../journal/begun.ts'
import type { RevertFacts } from '../journal/outcomes.ts'
import { conductSignature } from '../signature.ts'
import { stepId } from '../step-id.ts'
import type { Observation, Step } from '../step.ts'
import type { UndoPlace } from './place.ts'

const pushTimeoutMs = 5 * 60_000

/**
 * Takes the adoption commit back by one commit on top of it, pushed by compare-and-set. As soon as something was
 * built on it nobody but a person can say what has to go with it: nothing is done, and the command is named.
 */
export function revertStep(place: UndoPlace, action: string): Step {
  const { name, main, mirror } = place
  let adopted: CommitId | null = null
  let revert: CommitId | null = null
  const observe = async (): Promise<Observation> => {
    const seen = await observeMain(place)
    adopted = seen.adopted
    return seen.observation
  }
  return {
    id: stepId.revert(name),
    phase: 'undo',
    kind: 'revert',
    repo: name,
    action,
    irreversible: true,
    observe,
    effect: {
      timeoutMs: pushTimeoutMs,
      observationIsImmediate: true,
      prepare: async () => {
        if (adopted === null) throw new Error('invariant broken: nothing was observed to revert')
        revert = await createRevert(place, adopted)
        return { commit: revert }
      },
      act: async ({ signal }) => {
        const pushed = await mirror.push({
          source: revert ?? '',
          ref: `refs/heads/${main}`,
          expect: adopted,
          signal,
        })
        if (pushed.outcome === 'pushed') return { outcome: 'acted' }
        const error =
          pushed.outcome === 'lost'
            ? new ConductError(
                'EXPECTED_STATE',
                `${name}: ${main} moved to ${pushed.actual ?? 'nothing'} meanwhile`,
              )
            : new ConductError(
                'ADOPT_REFUSED',
                `${name}: the remote refused the revert on ${main}: ${pushed.reason}`,
                {
                  hint: `Revert ${adopted ?? 'the adoption commit'} by a pull request.`,
                  details: { isProtected: pushed.isProtected },
                },
              )
        return { outcome: 'refused', error }
      },
    },
  }
}

export interface SeenMain {
  /** The last commit of the adoption that main has; null: none, or it is taken back. */
  readonly adopted: CommitId | null
  readonly observation: Observation
}

/** Whether main still has the adoption, and nothing on top of it. */
export async function observeMain(place: UndoPlace): Promise<SeenMain> {
  const { name, main, mirror, adoptions, travel } = place
  const head = await mirror.remoteHead(main)
  if (head === null) {
    return { adopted: null, observation: { state: 'other', evidence: `${name} has no ${main} any more` } }
  }
  await mirror.fetch()
  const reverts = [stepId.proposeRevert(name), stepId.revert(name)]
    .flatMap((step) => intendedCommits(travel.records(), step))
    .map(({ commit }) => toCommitId(commit))
  const own = await latestOn(place, reverts, head)
  if (own !== null) {
    return { adopted: null, observation: goal(`${main} of ${name} has the revert ${own}`, own) }
  }
  const adopted = await latestOn(place, adoptions, head)
  if (adopted === null) {
    return { adopted, observation: goal(`${main} of ${name} does not have the adoption commit`, null) }
  }
  if (adopted === head) {
    return {
      adopted,
      observation: { state: 'expected', evidence: `${main} of ${name} ends with ${adopted}` },
    }
  }
  if (await isTakenBack(place, adopted, head)) {
    return { adopted, observation: goal(`somebody has taken ${adopted} back on ${main} of ${name}`, null) }
  }
  const evidence = `${name}: ${main} has moved on from the adoption commit ${adopted} to ${head}; what was built on it may need it`
  const error = new ConductError('EXPECTED_STATE', evidence, {
    hint: `Where nothing needs it: git revert ${adopted}, by hand, on ${main} of ${name}.`,
  })
  return { adopted, observation: { state: 'other', evidence, error } }
}

function goal(evidence: string, reverted: CommitId | null): Observation {
  const facts: RevertFacts = { reverted }
  return { state: 'goal', evidence, facts: { ...facts } }
}

/** The last of these commits that a head has. */
async function latestOn(
  { mirror }: UndoPlace,
  commits: readonly CommitId[],
  head: CommitId,
): Promise<CommitId | null> {
  for (const commit of commits.toReversed()) {
    try {
      if (commit === head || (await mirror.isAncestor(commit, head))) return commit
    } catch (error) {
      // Not even in the mirror after a fetch: it is on no branch of the remote.
      if (!isConductError(error, 'GIT_FAILED')) throw error
    }
  }
  return null
}

/** Every file that the adoption changed is as it was before. */
async function isTakenBack({ mirror }: UndoPlace, adopted: CommitId, head: CommitId): Promise<boolean> {
  const parent = await mirror.parentOf(adopted)
  if (parent === null) return false
  const touched = await mirror.changedPaths(parent, adopted)
  const different = new Set(await mirror.changedPaths(parent, head))
  return touched.length > 0 && !touched.some((path) => different.has(path))
}

/** The same commit each time it is made. */
export function createRevert(place: UndoPlace, adopted: CommitId): Promise<CommitId> {
  return place.mirror.createRevert({
    commit: adopted,
    message: messageOf(place, adopted),
    author: conductSignature(Date.parse(place.travel.plan.createdAt)),
  })
}

function messageOf({ travel }: UndoPlace, adopted: CommitId): string {
  const packages = travel.plan.basis.packages.map(({ name, version }) => `${name}@${version}`).join(', ')
  return `Revert "Adopt ${packages}"\n\nThis reverts commit ${adopted}.\n\nConduct-Run: ${travel.run}\nConduct-Plan: ${travel.plan.hash}`
}
