import { ConductError, type ExitCode, exitCodes } from '@conduct/core'
import type { CommandContext } from '../command.ts'

/** What is known of a run by the process that conducts it. */
export interface KnownRun {
  run: string | null
  /** Something irreversible was begun, by this process or by an earlier one. */
  isPartWay: boolean
  /** The start of every printed command. */
  launcher: string
}

/**
 * Ctrl-C while a run travels. Asked once, it finishes what is being done and stops; a person is told so. Asked
 * again, the process ends at once and leaves the rest to `resume`: it says how far the run was and how to go on.
 */
export function endAtOnceWithWords(context: CommandContext, known: KnownRun): Pick<CommandContext, 'emit'> {
  context.signal.addEventListener(
    'abort',
    () =>
      context.emit({
        type: 'warning',
        code: 'INTERRUPTED',
        message: 'stopping as soon as what is being done has ended; once more ends it at once',
      }),
    { once: true },
  )
  context.endAtOnceWith((signal) => {
    const { run, isPartWay, launcher } = known
    const exit: ExitCode = isPartWay ? exitCodes.stoppedPartWay : exitCodes.interrupted
    const left = isPartWay ? 'what was being done may have happened or not' : 'nothing irreversible was done'
    return new ConductError('INTERRUPTED', `Ended at once by a second ${signal}; ${left}.`, {
      exit,
      irreversibleDone: isPartWay,
      hint: 'The next command observes everything again before it does anything.',
      ...(run === null ? {} : { next: `${launcher} resume ${run} --wait` }),
    })
  })
  return {
    emit: (event) => {
      if (event.type === 'run_opened') known.run = event.run
      if (event.type === 'lane_changed' && event.change === 'kept') known.isPartWay = true
      context.emit(event)
    },
  }
}
