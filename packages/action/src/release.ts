import { type LeaseState, leaseState } from './lease-state.ts'
import { failureIn, textIn } from './read-document.ts'
import { addSummary, remark, savedState, say } from './runner.ts'
import { startConduct } from './start-conduct.ts'
import { code } from './words.ts'

/**
 * The post step: gives the lane back, whatever became of the job. A lane that was not held any more is a failure: what the job did
 * since was kept apart from nobody.
 */
const saved = savedState(leaseState)
if (saved !== '') process.exitCode = await giveBack(JSON.parse(saved) as LeaseState)

async function giveBack({ lane, conduct, isAcquired, keeper }: LeaseState): Promise<number> {
  // A place in line, where the job ended while it waited.
  if (!isAcquired) await startConduct(conduct, ['lane', 'leave', lane])
  const { document } = await startConduct(conduct, ['lane', 'release', lane])
  const failure = failureIn(document)
  if (failure !== null) {
    if (!isAcquired) return 0
    const message = `${lane} could not be given back (${failure.message}); it lapses by itself.`
    remark({ severity: 'warning', title: `lane ${lane}`, message })
    addSummary(
      `⚠️ **Lane ${code(lane)}** could not be given back: ${code(failure.message)}. It lapses by itself.`,
    )
    stop(keeper)
    return 0
  }
  const isReleased = textIn(document, 'outcome') === 'released'
  if (isReleased) {
    stop(keeper)
    say(`${lane} is given back.`)
    return 0
  }
  if (!isAcquired) return 0
  const message = `${lane} was not held any more when this job ended: it lapsed, or a captain took it. Work that was done meanwhile was kept apart from nobody.`
  remark({ severity: 'error', title: `lane ${lane}`, message })
  addSummary(`❌ **Lane ${code(lane)}** was lost before this job ended.`)
  return 1
}

/** It would end by itself at its next look: its lease is over, and its job soon is. */
function stop(keeper: number | null): void {
  if (keeper === null) return
  try {
    process.kill(keeper)
  } catch {
    // Gone already.
  }
}
