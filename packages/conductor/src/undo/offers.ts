import type { RunId } from '@conduct/core'
import { proposalBranch, proposalMarker, revertBranch, revertMarker } from '../adoption/proposal-names.ts'
import { intendedCommits } from '../journal/begun.ts'
import type { JournalRecord } from '../journal/journal-record.ts'
import { stepId } from '../step-id.ts'

/** What a run has offered at forges, going forth and going back, as its journal knows it. Pure. */
/** A branch of the run in one repo, offered by pull request or about to be. */
export interface Offered {
  readonly run: RunId
  readonly branch: string
  readonly marker: string
  readonly commits: readonly string[]
  /** As the journal has it: also where nobody can ask the forge any more. */
  readonly url: string | null
}

/** By repo, as the journal knows them; lanes.yaml may have forgotten some. */
export function offersOf(
  run: RunId,
  records: readonly JournalRecord[],
): ReadonlyMap<string, readonly Offered[]> {
  const begun = records.flatMap((record) =>
    record.type === 'intent' && (record.step.kind === 'propose' || record.step.kind === 'propose_revert')
      ? [record.step]
      : [],
  )
  const byRepo = Map.groupBy(
    [...new Map(begun.map((step) => [step.id, step])).values()],
    ({ repo }) => repo ?? '',
  )
  return new Map(
    [...byRepo].map(([name, steps]) => [
      name,
      steps.map(({ id, kind }) => {
        const isRevert = kind === 'propose_revert'
        return {
          run,
          branch: isRevert ? revertBranch(run) : proposalBranch(run),
          marker: isRevert ? revertMarker(run, name) : proposalMarker(run, name),
          commits: intendedCommits(records, id).map(({ commit }) => commit),
          url: openedAt(records, isRevert ? stepId.revertPullRequest(name) : stepId.pullRequest(name)),
        }
      }),
    ]),
  )
}

function openedAt(records: readonly JournalRecord[], step: string): string | null {
  const said = records.flatMap((record) =>
    record.type === 'proof' && record.step.id === step ? [record.facts['pullRequest']] : [],
  )
  return said.findLast((url) => typeof url === 'string') ?? null
}
