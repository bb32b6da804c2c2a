import type { Adopted, Deployed, Published, StepRecord } from '@conduct/core'

/**
 * What a run has published, adopted and deployed, read from the facts of its steps. Pure.
 */
/** What the proof of a publish step says (`facts` of kind publish). */
export type PublishFacts = Omit<Published, 'tag'>
/** What the proof of an adopt step says: one entry per package. */
export interface AdoptFacts {
  readonly adopted: readonly Adopted[]
}
export type DeployFacts = Omit<Deployed, 'verified' | 'repo'>
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
      }
    })
}

export function adoptedOf(steps: readonly StepRecord[]): readonly Adopted[] {
  return steps
    .filter((step) => step.kind === 'adopt' && isAtGoal(step))
    .flatMap((record) => (record.facts as unknown as AdoptFacts).adopted)
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
      }
    })
}

function isNothingDispatched(step: StepRecord): boolean {
  return step.state === 'skipped' && step.facts['target'] === 'none'
}

function isAtGoal(step: StepRecord): boolean {
  return step.state === 'done' || step.state === 'already'
}
