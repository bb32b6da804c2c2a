import type { PhaseName } from '@conduct/core'
import { isSameCommit } from '../deploy-target.ts'
import type { RollbackFacts } from '../journal/outcomes.ts'
import type { Observation, Step } from '../step.ts'
import type { DeployPlace, DeployTarget } from './ports.ts'
import { wayBackOf } from './way-back.ts'

/**
 * Back to what ran before, as a step of the four moves: expected is that what was deployed still runs, the goal is
 * that the earlier one does. Somebody else's deploy on top of ours is neither, and stays.
 */
export function rollbackStep(
  place: DeployPlace,
  target: DeployTarget,
  head: { readonly id: string; readonly phase: PhaseName; readonly kind: string; readonly action: string },
): Step {
  const { previous } = place
  const { rollBack, running } = target
  const observe = async (): Promise<Observation> => {
    if (running === null || previous === null) {
      return { state: 'unknown', evidence: `nothing tells what ${place.name} runs` }
    }
    return judgeRollback({ running: await running(), sha: place.sha, previous })
  }
  return {
    ...head,
    repo: place.name,
    irreversible: true,
    observe,
    ...(rollBack === null
      ? {}
      : {
          effect: {
            timeoutMs: place.deploy.timeoutMs,
            observationIsImmediate: true,
            harmlessErrors: target.harmlessErrors,
            prepare: async () => {
              const { command } = wayBackOf(place.deploy, { previous, repo: place.name })
              if (command !== null && command !== 'rewind') await place.workplace.path()
              return {}
            },
            act: ({ signal }) => rollBack(signal),
            confirm: async () => {
              const seen = await observe()
              return seen.state === 'expected'
                ? { ...seen, state: 'other', evidence: `it ended well, but ${seen.evidence} still` }
                : seen
            },
          },
        }),
  }
}

/** Pure. An empty `running` means that nothing runs. */
export function judgeRollback(seen: {
  readonly running: string
  readonly sha: string
  readonly previous: string
}): Observation {
  const { running, sha, previous } = seen
  const facts: RollbackFacts = { running: running === '' ? null : running }
  const evidence = `${running === '' ? 'nothing' : running} runs`
  if (running === previous || isSameCommit(running, previous)) {
    return { state: 'goal', evidence, facts: { ...facts } }
  }
  if (isSameCommit(running, sha)) return { state: 'expected', evidence, facts: { ...facts } }
  return {
    state: 'other',
    evidence: `${evidence}: neither what was deployed (${sha}) nor what ran before (${previous}); it is left alone`,
    facts: { ...facts },
  }
}
