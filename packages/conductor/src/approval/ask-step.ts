import { invariant } from '@conduct/core'
import type { ApprovalRule } from '@conduct/config'
import { type Journey, planOf } from '../journey.ts'
import type { Observation, Step } from '../step.ts'
import { stepId } from '../step-id.ts'
import { askAtForge, askedRepo, findPlace } from './forge-place.ts'

const askTimeoutMs = 2 * 60_000

/** Asks at the forge for an approval of the plan: once per plan, whoever resumes. Can be taken back, so needs none. */
export function askStep(journey: Journey, rule: ApprovalRule): Step {
  const { context } = journey
  const plan = planOf(journey)
  const repo = askedRepo(context, rule)
  const observe = async (): Promise<Observation> => {
    const place = await findPlace(context, { plan, rule })
    if (place.state === 'unknown') return { state: 'unknown', evidence: place.reason }
    if (place.state === 'absent')
      return { state: 'expected', evidence: `nobody was asked for plan ${plan.id}` }
    const { url, since } = place.value
    return { state: 'goal', evidence: `asked at ${url}`, facts: { url, since } }
  }
  return {
    id: stepId.ask(),
    phase: 'approve',
    kind: 'ask',
    repo,
    action: `ask for an approval of plan ${plan.id} at the forge`,
    irreversible: false,
    observe,
    effect: {
      timeoutMs: askTimeoutMs,
      act: async () => {
        const { url } = await askAtForge(context, { plan, rule })
        return { outcome: 'acted', facts: { url } }
      },
      // What was just written may not be listed yet; its address is the proof that it is there.
      confirm: (acted) => {
        invariant(acted.outcome === 'acted', 'asking is never refused by comparison')
        const url = String(acted.facts?.['url'])
        return Promise.resolve({ state: 'goal', evidence: `asked at ${url}`, facts: { url } })
      },
      observationIsImmediate: false,
    },
  }
}
