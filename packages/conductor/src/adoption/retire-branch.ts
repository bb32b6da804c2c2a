import { ConductError, isConductError } from '@conduct/core'
import { type Proposer, travelOf } from '../journey.ts'
import { intendedCommits } from '../journal/begun.ts'
import { type Observation, type Step, endsTheWriter, takeStep } from '../step.ts'

const deleteTimeoutMs = 60_000

interface Retired {
  readonly branch: string
  readonly head: Pick<Step, 'id' | 'phase' | 'kind'>
  /** The step that pushed to the branch. */
  readonly proposedBy: string
}

/**
 * Tidies up after a merge. What cannot be tidied up is said and holds nobody up: main has what it should have.
 */
export async function retireBranch(traveller: Proposer, retired: Retired): Promise<void> {
  const { journey, name } = traveller
  try {
    await takeStep(travelOf(journey), retireBranchStep(traveller, retired))
  } catch (error) {
    if (!isConductError(error) || endsTheWriter(error) || error.code === 'INTERRUPTED') throw error
    const message = `${name}: ${retired.branch} was not deleted: ${error.message}`
    journey.context.emit({ type: 'warning', code: error.code, message })
  }
}

/** Deletes the run's branch where it still stands at a commit of this run; what anybody else put there stays. */
function retireBranchStep(traveller: Proposer, { branch, head, proposedBy }: Retired): Step {
  const { journey, consumer, name } = traveller
  let standing: string | null = null
  const observe = async (): Promise<Observation> => {
    standing = await consumer.mirror.remoteHead(branch)
    if (standing === null) return { state: 'goal', evidence: `${name} has no ${branch}` }
    const ours = intendedCommits(journey.journal.records(), proposedBy)
    return ours.some(({ commit }) => commit === standing)
      ? { state: 'expected', evidence: `${branch} of ${name} stands at ${standing}` }
      : { state: 'goal', evidence: `${branch} of ${name} stays: somebody put ${standing} there` }
  }
  return {
    ...head,
    repo: name,
    action: `delete ${branch} of ${name}`,
    irreversible: false,
    observe,
    effect: {
      timeoutMs: deleteTimeoutMs,
      observationIsImmediate: true,
      act: async ({ signal }) => {
        const pushed = await consumer.mirror.push({
          source: null,
          ref: `refs/heads/${branch}`,
          expect: standing,
          replacesOwn: true,
          signal,
        })
        if (pushed.outcome === 'pushed' || (pushed.outcome === 'lost' && pushed.actual === null)) {
          return { outcome: 'acted' }
        }
        const reason =
          pushed.outcome === 'lost' ? `it moved to ${pushed.actual ?? 'nothing'} meanwhile` : pushed.reason
        return { outcome: 'refused', error: new ConductError('ADOPT_REFUSED', `${name}: ${reason}`) }
      },
    },
  }
}
