import { ConductError } from '@conduct/core'

export interface Interrupt extends Disposable {
  readonly signal: AbortSignal
}

/**
 * Ctrl-C and SIGTERM ask the command to stop cleanly; asked a second time, it ends at once.
 *
 * A command that is asked stops before its next effect, writes down where it is, and exits 8.
 */
export function listenForInterrupt(onSecond: (name: string) => void): Interrupt {
  const controller = new AbortController()
  const interrupt = (name: string) => {
    if (controller.signal.aborted) onSecond(name)
    else controller.abort(new ConductError('INTERRUPTED', `Stopped by ${name}.`))
  }
  for (const name of signals) process.on(name, interrupt)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, interrupt)
    },
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
