import { conductOfJob, waitFlags } from './conduct-of-job.ts'
import { jobIdentity } from './identity.ts'
import { type LeaseState, leaseState } from './lease-state.ts'
import { main } from './main.ts'
import { laneOutcome, outputsOf } from './outcome.ts'
import { addSummary, exportVariable, input, listInput, remark, saveState, say, setOutputs } from './runner.ts'
import { startConduct } from './start-conduct.ts'
import { laneRemark, laneSummary } from './words.ts'

/**
 * Takes a lane for the rest of the job. What the post step needs is saved before the lane is asked for: a job that is cancelled in
 * between may have it already.
 */
await main(async () => {
  const lane = input('lane')
  if (lane === '') throw new Error('lane is not set')
  const identity = jobIdentity(input('person'))
  const conduct = conductOfJob(identity)
  const state: LeaseState = { lane, conduct, isAcquired: false, keeper: null }
  saveState(leaseState, JSON.stringify(state))
  const ended = await startConduct(conduct, ['lane', 'acquire', lane, ...flags()])
  const outcome = laneOutcome(ended)
  setOutputs({ ...outputsOf(outcome, identity.holder), acquired: String(outcome.outcome === 'acquired') })
  addSummary(laneSummary(lane, outcome))
  const seen = laneRemark(lane, outcome)
  if (seen !== null) remark(seen)
  switch (outcome.outcome) {
    case 'acquired': {
      const keeper = ended.document['kept_by_process']
      const kept = typeof keeper === 'number' ? keeper : null
      saveState(leaseState, JSON.stringify({ ...state, isAcquired: true, keeper: kept } satisfies LeaseState))
      // Later steps are the same holder: `conduct guard` and `conduct lane` know what this job holds.
      exportVariable('CONDUCT_SESSION', identity.session)
      say(`${lane} is held by ${identity.holder} (token ${outcome.token}) until this job ends.`)
      return 0
    }
    case 'held_by_other':
      if (outcome.isQueued) await startConduct(conduct, ['lane', 'leave', lane])
      return outcome.isStepAside ? 0 : ended.exit || 1
    case 'store_disabled':
      return 0
    case 'error':
      return ended.exit || 1
    default:
      return outcome satisfies never
  }
})

function flags(): readonly string[] {
  const named = (['project', 'task', 'reason'] as const).flatMap((name) =>
    input(name) === '' ? [] : [`--${name}`, input(name)],
  )
  return [
    ...listInput('repo').flatMap((repo) => ['--repo', repo]),
    ...named,
    ...waitFlags(),
    // The runner's process lives as long as the job; in a container it cannot be seen, and the first process there does.
    '--keep-with',
    String(process.ppid > 0 ? process.ppid : 1),
  ]
}
