import { conductOfJob, waitFlags } from './conduct-of-job.ts'
import { jobIdentity } from './identity.ts'
import { main } from './main.ts'
import { failureIn, holderIn, objectIn, textIn } from './read-document.ts'
import { addSummary, flagInput, input, listInput, remark, setOutputs } from './runner.ts'
import { startConduct } from './start-conduct.ts'
import { code, failureRemark, heldByText } from './words.ts'

/** Of `conduct run` and `resume`: exit codes are its API. */
const exits = { done: 0, approval: 6, held: 10 } as const

/** Runs a train, or goes on with a run. Anything but a run that is done fails the step: what comes after it relies on it. */
await main(async () => {
  const [train, resume] = [input('train'), input('resume')]
  if ((train === '') === (resume === '')) throw new Error('set either train or resume')
  const identity = jobIdentity(input('person'))
  const words = resume === '' ? ['run', train, ...flags()] : ['resume', resume]
  const { exit, document } = await startConduct(conductOfJob(identity), words)
  const failure = failureIn(document)
  // The lane of a run that could not begin: its document says it beside the run.
  const held = objectIn(document, 'held')
  const holder = held === null ? null : holderIn(held)
  const [run, state, next] = [textIn(document, 'run'), textIn(document, 'state'), textIn(document, 'next')]
  const outcome = outcomeOf({ exit, run, isHeld: held !== null })
  setOutputs({ outcome, run, state, next, held_by: holder?.name ?? '', error: failure?.code ?? '' })
  const what = train === '' ? code(resume) : code(train)
  const said = {
    done: `✅ **Train ${what}**: run ${code(run)} is done.`,
    waiting_approval: `⏸️ **Train ${what}**: run ${code(run)} waits for an approval.`,
    held_by_other: `⛔ **Train ${what}**: its lane is held${holder === null ? '' : ` by ${heldByText(holder)}`}.`,
    stopped: `❌ **Train ${what}**: run ${code(run)} stopped. ${code(failure?.message ?? '')}`,
    error: `❌ **Train ${what}** did not start. ${code(failure?.message ?? '')}`,
  }[outcome]
  addSummary(next === '' ? said : `${said}\n\nNext: ${code(next)}`)
  if (outcome === 'held_by_other') {
    const by = holder === null ? '' : ` by ${heldByText(holder, String)}`
    remark({ severity: 'error', title: 'conduct run', message: `The lane is held${by}.` })
  } else if (failure !== null) remark(failureRemark(failure, `conduct run: ${outcome}`))
  return exit
})

function outcomeOf({
  exit,
  run,
  isHeld,
}: {
  readonly exit: number
  readonly run: string
  readonly isHeld: boolean
}) {
  if (exit === exits.held || isHeld) return 'held_by_other'
  if (exit === exits.done) return 'done'
  if (exit === exits.approval) return 'waiting_approval'
  return run === '' ? 'error' : 'stopped'
}

function flags(): readonly string[] {
  const plan = input('plan')
  return [
    ...(plan === '' ? [] : ['--plan', plan]),
    ...listInput('only').flatMap((repo) => ['--only', repo]),
    ...(flagInput('approve') ? ['--approve'] : []),
    ...waitFlags(),
  ]
}
