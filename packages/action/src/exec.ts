import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conductOfJob, waitFlags } from './conduct-of-job.ts'
import { jobIdentity } from './identity.ts'
import { main } from './main.ts'
import { laneOutcome, outputsOf } from './outcome.ts'
import { textIn } from './read-document.ts'
import { addSummary, input, listInput, remark, setOutputs } from './runner.ts'
import { startConduct } from './start-conduct.ts'
import { code, laneRemark, laneSummary } from './words.ts'

/** Runs commands under a lane; conduct stops them before the lease can be lost. Its exit code is the step's. */
await main(async () => {
  const [lane, commands] = [input('lane'), input('run')]
  if (lane === '' || commands === '') throw new Error('lane and run have to be set')
  const identity = jobIdentity(input('person'))
  const script = join(mkdtempSync(join(process.env['RUNNER_TEMP'] ?? tmpdir(), 'conduct-')), 'run.sh')
  writeFileSync(script, `${commands}\n`, { mode: 0o600 })
  const ended = await startConduct(conductOfJob(identity), [
    'exec',
    lane,
    ...listInput('repo').flatMap((repo) => ['--repo', repo]),
    ...(['project', 'task'] as const).flatMap((name) =>
      input(name) === '' ? [] : [`--${name}`, input(name)],
    ),
    ...waitFlags(),
    // As the runner starts bash itself.
    '--',
    'bash',
    '--noprofile',
    '--norc',
    '-eo',
    'pipefail',
    script,
  ])
  const outcome = laneOutcome(ended)
  const exitCode = textIn(ended.document, 'command_exit')
  setOutputs({ ...outputsOf(outcome, identity.holder), exit_code: exitCode })
  const did = exitCode === '' ? '' : ` The commands ended with ${code(exitCode)}.`
  const held =
    outcome.outcome === 'acquired' ? `✅ **Lane ${code(lane)}** was held while the commands ran.` : null
  addSummary(`${held ?? laneSummary(lane, outcome)}${did}`)
  const seen = laneRemark(lane, outcome)
  if (seen !== null) remark(seen)
  return ended.exit
})
