import type { Adopted, CommitId, Deployed, Published, Rollback, StepRecord } from '@conduct/core'

/**
 * What a run has published, adopted and deployed, read from the facts of its steps. Pure.
 */
/** What the proof of a publish step says (`facts` of kind publish). */
export type PublishFacts = Omit<Published, 'tag' | 'deprecated'>
/** What the proof of an adopt step says: one entry per package. */
export interface AdoptFacts {
  readonly adopted: readonly Omit<Adopted, 'reverted'>[]
}
export type DeployFacts = Omit<Deployed, 'verified' | 'repo' | 'rollback'>
/** What the proof of a rollback says, by whomever it was made. */
export interface RollbackFacts {
  /** What runs now; null: nothing does. */
  readonly running: string | null
}
export interface RevertFacts {
  readonly reverted: CommitId | null
}
export interface DeprecateFacts {
  readonly package: string
  readonly version: string
  readonly deprecated: string
}
export interface VerifyFacts {
  readonly verified: Deployed['verified']
}

export function publishedOf(steps: readonly StepRecord[]): readonly Published[] {
  const tags = new Map(
    steps
      .filter((step) => step.kind === 'tag' && isAtGoal(step))
      .map((record) => [String(record.facts['package']), String(record.facts['tag'])]),
  )
  return steps
    .filter((step) => step.kind === 'publish' && isAtGoal(step))
    .map((record) => {
      const facts = record.facts as unknown as PublishFacts
      return {
        package: facts.package,
        version: facts.version,
        integrity: facts.integrity,
        registry: facts.registry,
        tag: tags.get(facts.package) ?? null,
        deprecated: deprecationOf(steps, facts),
      }
    })
}

export function adoptedOf(steps: readonly StepRecord[]): readonly Adopted[] {
  return steps
    .filter((step) => step.kind === 'adopt' && isAtGoal(step))
    .flatMap((record) => {
      const revert = steps.find(
        (step) => step.kind === 'revert' && step.repo === record.repo && isAtGoal(step),
      )
      const reverted = (revert?.facts as Partial<RevertFacts> | undefined)?.reverted ?? null
      return (record.facts as unknown as AdoptFacts).adopted.map((adopted) => ({ ...adopted, reverted }))
    })
}

function deprecationOf(
  steps: readonly StepRecord[],
  published: Pick<Published, 'package' | 'version'>,
): string | null {
  const facts = steps
    .filter((step) => step.kind === 'deprecate' && isAtGoal(step))
    .map((step) => step.facts as Partial<DeprecateFacts>)
  return (
    facts.find((one) => one.package === published.package && one.version === published.version)?.deprecated ??
    null
  )
}

export function deployedOf(steps: readonly StepRecord[]): readonly Deployed[] {
  const verified = new Map(
    steps
      .filter((step) => step.kind === 'verify')
      .map((record) => [record.repo, (record.facts as Partial<VerifyFacts>).verified]),
  )
  return steps
    .filter((step) => step.kind === 'deploy' && (isAtGoal(step) || isNothingDispatched(step)))
    .map((step) => {
      const facts = step.facts as unknown as DeployFacts
      return {
        repo: step.repo ?? '',
        sha: facts.sha,
        previousSha: facts.previousSha,
        target: facts.target,
        verified: isNothingDispatched(step)
          ? 'nothing_dispatched'
          : (verified.get(step.repo) ?? 'inconclusive'),
        rollback: rollbackOf(steps, step),
      }
    })
}

/** The latest attempt to go back since the deploy; one that was deployed anew after it is not rolled back. */
function rollbackOf(steps: readonly StepRecord[], deploy: StepRecord): Rollback | null {
  const since = steps.filter(
    (step) =>
      (step.kind === 'rollback' || step.kind === 'redeploy') &&
      step.repo === deploy.repo &&
      step.state !== 'pending' &&
      (step.endedAt ?? step.startedAt ?? '') >= (deploy.endedAt ?? ''),
  )
  const latest = since.toSorted((a, b) => (a.endedAt ?? '').localeCompare(b.endedAt ?? '')).at(-1)
  if (latest === undefined) return null
  const running = (latest.facts as Partial<RollbackFacts>).running ?? null
  const evidence = latest.evidence ?? latest.action
  if (isAtGoal(latest)) return { outcome: 'rolled_back', running, evidence }
  return { outcome: latest.state === 'failed' ? 'failed' : 'unknown', running, evidence }
}

function isNothingDispatched(step: StepRecord): boolean {
  return step.state === 'skipped' && step.facts['target'] === 'none'
}

function isAtGoal(step: StepRecord): boolean {
  return step.state === 'done' || step.state === 'already'
}
