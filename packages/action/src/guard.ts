import { conductOfJob } from './conduct-of-job.ts'
import { guardOutcome, guardSummary } from './guard-words.ts'
import { main } from './main.ts'
import { addSummary, input, remark, say, setOutputs } from './runner.ts'
import { startConduct } from './start-conduct.ts'
import { failureRemark } from './words.ts'

/** Judges the pull request of the job. Annotations at the files and the commit status are conduct's own. */
await main(async () => {
  const named = input('pull_request')
  const { exit, document } = await startConduct(conductOfJob(null), [
    'guard',
    '--ci',
    ...(named === '' ? [] : ['--pull-request', named]),
  ])
  const outcome = guardOutcome(document)
  const summary = guardSummary(document, outcome)
  setOutputs({ ...outcome.outputs })
  addSummary(summary.markdown)
  say(summary.text)
  if (outcome.warning !== null)
    remark({ severity: 'warning', title: 'conduct guard', message: outcome.warning })
  if (outcome.failure !== null) remark(failureRemark(outcome.failure))
  return exit
})
