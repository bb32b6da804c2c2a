import { type ConductError, isConductError } from '@conduct/core'
import { type Because, type CandidateConflict, candidatesHit, type JudgedPullRequest } from '@conduct/guard'
import type { CommandContext } from '../command.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import type { Decision } from './decide.ts'
import type { ReadChange } from './read-change.ts'

export interface CountedCandidate {
  readonly candidate: string
  readonly because: readonly Because[]
  /** `counted`: a conflict that is new. `known`: all were counted before. `alone`: there is none. */
  readonly outcome: 'counted' | 'known' | 'alone' | 'not_counted'
  /** Conflicts of this change, those of before among them. */
  readonly conflicts: readonly (CandidateConflict & { readonly others: readonly string[] })[]
  /** Why it was not counted. */
  readonly problem: string | null
}

/**
 * Counts conflicts in what is no lane yet. Never a reason to stop: a store that does not answer is said, and no failure. What was
 * refused is no change, and what is neither committed nor about to be is none either.
 */
export async function countCandidates(
  {
    context,
    loaded,
    read,
    decision,
  }: {
    readonly context: CommandContext
    readonly loaded: LoadedConfig
    readonly read: ReadChange
    readonly decision: Decision
  },
  pullRequest: JudgedPullRequest | null = null,
): Promise<readonly CountedCandidate[]> {
  if (loaded.config.candidates.size === 0 || decision.verdict !== 'clear') return []
  const works = read.works().filter(({ isUncommitted }) => !isUncommitted)
  const hit = candidatesHit({ paths: works.flatMap(({ paths }) => paths) }, loaded.config)
  if (hit.length === 0) return []
  const left = (problem: string): readonly CountedCandidate[] =>
    hit.map((each) => ({ ...each, outcome: 'not_counted', conflicts: [], problem }))
  const { repo } = read.change
  if (repo === null) return left('lanes.yaml does not declare this repository')
  // The engine and the clients of stores load for those only who meet a candidate.
  const { countInStore } = await import('./count-in-store.ts')
  try {
    return await countInStore({ context, loaded, repo, works, hit, pullRequest })
  } catch (error) {
    if (!isConductError(error)) throw error
    return left(reasonOf(error))
  }
}

function reasonOf({ code, message }: ConductError): string {
  return code === 'STORE_DISABLED' ? 'the store is disabled here' : message
}
