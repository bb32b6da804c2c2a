import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'

/** One line of JSON each, from the process that runs commands to its reaper. */
export type ReaperOrder =
  | { readonly kind: 'add'; readonly group: number; readonly leftover: string | null }
  | { readonly kind: 'remove'; readonly group: number }
  | { readonly kind: 'deadline'; readonly deadline: Moments | null; readonly stopMs: number }

/** One moment on the two clocks that both processes share; the second goes on while the machine sleeps. */
export interface Moments {
  readonly monotonicMs: number
  readonly bootMs: number
}

export function readMoments(): Moments {
  const bootMs =
    process.platform === 'linux'
      ? Number(readFileSync('/proc/uptime', 'utf8').split(' ', 1)[0]) * 1000
      : uptime() * 1000
  return { monotonicMs: Number(process.hrtime.bigint()) / 1e6, bootMs }
}
