import { toCommitId } from '@conduct/core'
import type { ForgeRepository, PullRequest } from '@conduct/forge'
import { told } from '../adoption/proposal.ts'
import { proposalBranch, proposalMarker } from '../adoption/proposal-names.ts'
import { intendedCommits } from '../journal/begun.ts'
import { stepId } from '../step-id.ts'
import type { Observation, Step } from '../step.ts'
import type { UndoPlace } from './place.ts'

/** Closing includes whatever the forge asks us to wait before. */
const closeTimeoutMs = 10 * 60_000

/** Whether this run has pushed a branch to this consumer, or may have. */
export function wasProposed({ travel, name }: UndoPlace): boolean {
  return intendedCommits(travel.records(), stepId.propose(name)).length > 0
}

/**
 * The pull request by which this run offered its adoption; null: it opened none.
 *
 * @throws ConductError FORGE_UNREACHABLE
 */
export async function readOffer(place: UndoPlace): Promise<PullRequest | null> {
  if (!wasProposed(place)) return null
  const at = await place.travel.context.forge(place.name)
  return at === null ? null : findOffer(place, at.repository)
}

/** What the forge merged is an adoption, also where nobody of this run lived to write it down. */
export function withMerged(place: UndoPlace, offer: PullRequest | null): UndoPlace {
  const merged = offer?.state === 'merged' ? offer.mergeCommit : null
  return merged === null ? place : { ...place, adoptions: [...place.adoptions, toCommitId(merged)] }
}

/** Closes what the run offered and nobody has merged: it would adopt again what everybody else went back from. */
export function withdrawOfferStep(place: UndoPlace, repository: ForgeRepository): Step {
  const { name, main, travel } = place
  let open: PullRequest | null = null
  return {
    id: stepId.withdrawProposal(name),
    phase: 'undo',
    kind: 'withdraw_proposal',
    repo: name,
    action: `close the pull request of run ${travel.run} into ${main} of ${name}`,
    irreversible: false,
    observe: async (): Promise<Observation> => {
      const offer = await findOffer(place, repository)
      if (offer === null) return { state: 'goal', evidence: `run ${travel.run} opened none in ${name}` }
      const facts = { pullRequest: offer.url }
      const evidence = `${offer.url} is ${offer.state}`
      if (offer.state !== 'open') return { state: 'goal', evidence, facts }
      open = offer
      return { state: 'expected', evidence, facts }
    },
    effect: {
      timeoutMs: closeTimeoutMs,
      observationIsImmediate: true,
      harmlessErrors: ['FORGE_LIMITED', 'FORGE_REFUSED', 'FORGE_CREDENTIALS'],
      act: async () => {
        if (open === null) throw new Error('invariant broken: nothing was observed to close')
        await repository.addComment({
          number: open.number,
          marker: `<!-- conduct-run: ${travel.run} taken back -->`,
          body: `Run ${travel.run} is taken back: what it offered here is withdrawn.`,
        })
        await repository.closePullRequest(open.number)
        return { outcome: 'acted' }
      },
    },
  }
}

async function findOffer(
  { travel, name, main }: UndoPlace,
  repository: ForgeRepository,
): Promise<PullRequest | null> {
  const identity = {
    base: main,
    headBranch: proposalBranch(travel.run),
    marker: proposalMarker(travel.run, name),
  }
  const found = await repository.findPullRequest(identity)
  return found.state === 'absent' ? null : told(found, `the pull request of run ${travel.run} in ${name}`)
}
