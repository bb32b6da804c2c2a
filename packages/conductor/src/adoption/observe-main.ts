import { ConductError, type CommitId } from '@conduct/core'
import type { Adopter } from '@conduct/ecosystems'
import type { FrozenConsumer } from '../context.ts'
import type { ConsumerJourney } from '../journey.ts'
import type { AdoptFacts } from '../journal/outcomes.ts'
import type { Observation } from '../step.ts'
import { ownCommitOn } from './follow-main.ts'
import { type WantedPackage, lockfileProblem } from './prove-lockfile.ts'

export interface Adoption {
  readonly adopter: Adopter
  readonly wanted: readonly WantedPackage[]
  readonly surveyed: readonly CommitId[]
}

/**
 * Our commit on main, or somebody's lockfile that already has it, is the goal; the judged head is expected.
 *
 * @param justRead the head of main, where it was asked for the moment before.
 */
export async function observeMain(
  traveller: ConsumerJourney,
  adoption: Adoption,
  justRead: CommitId | null = null,
): Promise<Observation> {
  const { consumer, name } = traveller
  const head = justRead ?? (await consumer.mirror.remoteHead(consumer.main))
  if (head === null) return { state: 'other', evidence: `${name} has no ${consumer.main} any more` }
  const own = await ownCommitOn(traveller, head)
  if (own !== null) {
    return {
      state: 'goal',
      evidence: `${consumer.main} of ${name} has ${own.commit}`,
      facts: { ...own.facts, sha: own.commit },
    }
  }
  if (head !== consumer.commit) return movedAway(traveller, head)
  if (!(await holdsAlready(consumer, adoption)))
    return { state: 'expected', evidence: `${consumer.main} of ${name} at ${head}` }
  return {
    state: 'goal',
    evidence: `the lockfile on ${consumer.main} of ${name} already holds it, at ${head}`,
    facts: { ...adoptFacts(traveller, adoption, head) },
  }
}

function movedAway(traveller: ConsumerJourney, head: CommitId): Observation {
  const { consumer, name } = traveller
  const evidence = `${name}: ${consumer.main} moved from ${consumer.commit} to ${head}`
  return {
    state: 'other',
    evidence,
    error: new ConductError('EXPECTED_STATE', evidence, { details: { lostRace: true } }),
  }
}

/** Whether the lockfile at the frozen head has every wanted version as it should. */
export async function holdsAlready(consumer: FrozenConsumer, adoption: Adoption): Promise<boolean> {
  const problems = await Promise.all(
    adoption.wanted.map(async (one) => {
      const locked = await adoption.adopter.read(consumer.tree, one.name)
      return lockfileProblem(locked, one, locked)
    }),
  )
  return problems.every((problem) => problem === null)
}

/** What an adopt step says of itself, in its intent and in its proof. */
export function adoptFacts(
  traveller: ConsumerJourney,
  adoption: Adoption,
  commit: CommitId,
): AdoptFacts & { readonly commit: CommitId; readonly sha: CommitId } {
  const { consumer, name } = traveller
  const adopted: AdoptFacts['adopted'] = adoption.wanted.map((one) => ({
    repo: name,
    package: one.name,
    from: consumer.locked.find((locked) => locked.package === one.name)?.locked.at(-1)?.version ?? null,
    to: one.version,
    commit,
    pullRequest: null,
    surveyed: [...adoption.surveyed],
  }))
  return { commit, sha: commit, adopted }
}
