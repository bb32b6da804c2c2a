import type { DeployFacts } from './journal/outcomes.ts'
import type { Observation } from './step.ts'

const shortCommitMin = 7
const commitPattern = /^[0-9a-f]{7,64}$/

/**
 * Compares what a target says it runs with what should run there and with what ran when the plan was made. Pure.
 *
 * @param options.running the trimmed answer of `deploy.previous`; empty: nothing is deployed.
 * @param options.expected what it answered at plan time; null: nothing was deployed.
 */
export function judgeTarget(options: {
  readonly running: string
  readonly expected: string | null
  readonly facts: DeployFacts
}): Observation {
  const { running, expected, facts } = options
  if (isSameCommit(running, facts.sha)) {
    return { state: 'goal', evidence: `${running} runs`, facts: { ...facts } }
  }
  if (running === (expected ?? '')) {
    return { state: 'expected', evidence: running === '' ? 'nothing is deployed yet' : `${running} runs` }
  }
  return {
    state: 'other',
    evidence: `${running === '' ? 'nothing' : running} runs; expected was ${expected ?? 'nothing'}, the goal is ${facts.sha}`,
  }
}

/** A target may answer with a shortened id. */
export function isSameCommit(running: string, sha: string): boolean {
  return running.length >= shortCommitMin && commitPattern.test(running) && sha.startsWith(running)
}
