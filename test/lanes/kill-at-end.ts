import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Whatever becomes of the test, its process does not outlive it; a stopped one is ended too. */
export interface Ending extends Disposable {
  readonly exited: Promise<readonly [code: number | null, signal: string | null]>
}

export function killAtEnd(child: ChildProcess): Ending {
  return {
    exited: once(child, 'exit') as Promise<[number | null, string | null]>,
    [Symbol.dispose]: () => {
      child.kill('SIGKILL')
    },
  }
}
