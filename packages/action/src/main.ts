import { failureRemark, failureSummary } from './words.ts'
import { addSummary, remark, setOutputs } from './runner.ts'

/** What an entry point ends with: the exit code of its step. A failure of its own is an outcome like the others. */
export async function main(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const failure = { code: 'ACTION', message, hint: '' }
    remark(failureRemark(failure))
    addSummary(failureSummary(failure))
    setOutputs({ outcome: 'error', error: failure.code })
    process.exitCode = 1
  }
}
