import { type CommitId, type Plan, type RunId, toCommitId } from '@conduct/core'
import type { Consumer, Repo } from '@conduct/config'
import type { Mirror } from '@conduct/git'
import type { TrainContext } from '../context.ts'
import type { DeployPlace } from '../deploy/ports.ts'
import { intendedCommits } from '../journal/begun.ts'
import type { JournalRecord } from '../journal/journal-record.ts'
import { mainOf } from '../survey/freeze-repo.ts'
import { stepId } from '../step-id.ts'
import { type Workplace, openWorkplace, runSetup } from '../workplace.ts'

/** What every way back of a run needs. */
export interface UndoTravel {
  readonly context: TrainContext
  readonly run: RunId
  readonly plan: Plan
  readonly records: () => readonly JournalRecord[]
  /** For what only looks. */
  readonly signal: AbortSignal
}

/** One consumer on its way back. */
export interface UndoPlace extends AsyncDisposable {
  readonly travel: UndoTravel
  readonly name: string
  readonly repo: Repo
  readonly consumer: Consumer
  readonly mirror: Mirror
  readonly main: string
  /** Commits that this run pushed, or may have pushed, to its main, latest last. */
  readonly adoptions: readonly CommitId[]
  readonly deploy: DeployPlace
}

/** Null where lanes.yaml no longer declares the consumer: nobody can say how it is undone. */
export async function openUndoPlace(travel: UndoTravel, name: string): Promise<UndoPlace | null> {
  const { context, plan, records } = travel
  const consumer = context.train.consumers.find((one) => one.repo === name)
  const repo = context.config.repos.get(name)
  if (consumer === undefined || repo === undefined) return null
  const mirror = await context.mirror(name)
  await mirror.fetch()
  const planned = plan.basis.consumers.find((one) => one.repo === name)
  const sha = deployedCommit(travel, name)
  const main = await mainOf(name, repo, mirror)
  const workplace = workplaceOf(travel, { name, repo, mirror, sha })
  return {
    travel,
    name,
    repo,
    consumer,
    mirror,
    main,
    adoptions: adoptionsOf(records(), name),
    deploy: {
      context,
      run: travel.run,
      name,
      repo,
      deploy: consumer.deploy,
      mirror,
      main,
      sha,
      previous: planned?.deploy.previous ?? null,
      values: {
        sha,
        version: plan.basis.packages[0]?.version ?? null,
        previous_sha: planned?.deploy.previous ?? null,
        run: travel.run,
        repo: name,
      },
      workplace,
      records,
      signal: travel.signal,
    },
    [Symbol.asyncDispose]: () => workplace[Symbol.asyncDispose](),
  }
}

/** What was deployed: as the deploy step says, else the adoption commit, else the head that was surveyed. */
function deployedCommit({ records, plan }: UndoTravel, name: string): CommitId {
  const said = records().flatMap((record) =>
    (record.type === 'proof' || record.type === 'intent') &&
    record.step.id === stepId.deploy(name) &&
    typeof record.facts['sha'] === 'string'
      ? [record.facts['sha']]
      : [],
  )
  const adopted = adoptionsOf(records(), name)
  const surveyed = plan.repos.find(({ repo }) => repo === name)?.commit
  return toCommitId(said.at(-1) ?? adopted.at(-1) ?? surveyed ?? '')
}

/** The commits that were to be pushed, and what main had in the end (a forge makes commits of its own). */
function adoptionsOf(records: readonly JournalRecord[], name: string): readonly CommitId[] {
  const id = stepId.adopt(name)
  const pushed = [stepId.propose(name), id].flatMap((step) => intendedCommits(records, step))
  if (pushed.length === 0) return []
  const proved = records.flatMap((record) =>
    record.type === 'proof' && record.step.id === id && typeof record.facts['sha'] === 'string'
      ? [record.facts['sha']]
      : [],
  )
  return [...new Set([...pushed.map(({ commit }) => commit), ...proved])].map(toCommitId)
}

function workplaceOf(
  travel: UndoTravel,
  at: { readonly name: string; readonly repo: Repo; readonly mirror: Mirror; readonly sha: CommitId },
): Workplace {
  const { name, repo, mirror, sha } = at
  return openWorkplace({
    mirror,
    commit: () => sha,
    prepare: (path) =>
      runSetup({ context: travel.context, repo: { name, repo }, cwd: path, signal: travel.signal }),
  })
}
