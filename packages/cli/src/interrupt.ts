import { ConductError } from '@conduct/core'

export interface Interrupt extends Disposable {
  readonly signal: AbortSignal
  /** A child process gets every signal too: a second one is its business. */
  readonly ignoreRepeats: () => void
}

/**
 * Ctrl-C and SIGTERM ask the command to stop cleanly; asked a second time, it ends at once.
 *
 * A command that is asked stops before its next effect, writes down where it is, and exits 8.
 */
export function listenForInterrupt(onSecond: (name: string) => void): Interrupt {
  const controller = new AbortController()
  let endsAtOnce = true
  const interrupt = (name: string) => {
    if (!controller.signal.aborted) controller.abort(new ConductError('INTERRUPTED', `Stopped by ${name}.`))
    else if (endsAtOnce) {
      endsAtOnce = false
      onSecond(name)
    }
  }
  for (const name of signals) process.on(name, interrupt)
  return {
    signal: controller.signal,
    ignoreRepeats: () => {
      endsAtOnce = false
    },
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, interrupt)
    },
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
