import { openSync, readSync } from 'node:fs'
import { uptime } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@conduct/core'
import { hostMonotonicMs } from './boot.ts'

/** The host's clocks. `monotonicMs` and `bootMs` are the same numbers in every process and thread of one boot. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: hostMonotonicMs,
  bootMs: readBootMs,
  sleep: async (ms, signal) => {
    try {
      await delay(timerMs(ms), undefined, signal === undefined ? {} : { signal })
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  },
  after: (ms, run) => {
    const timer = setTimeout(run, timerMs(ms))
    return () => clearTimeout(timer)
  },
}

/** Node's timers fire at once beyond 2³¹ − 1 ms. */
const timerMsMax = 2 ** 31 - 1

function timerMs(ms: number): number {
  return Math.min(Math.max(ms, 0), timerMsMax)
}

/** Goes on while the machine sleeps; 10 ms fine on Linux, seconds elsewhere. */
function readBootMs(): number {
  if (process.platform !== 'linux') return uptime() * 1000
  uptimeFile ??= openSync('/proc/uptime', 'r')
  const length = readSync(uptimeFile, uptimeText, 0, uptimeText.length, 0)
  return Number(uptimeText.toString('latin1', 0, length).split(' ', 1)[0]) * 1000
}

/** Opened once: it is read before every call of a store and every effect. */
let uptimeFile: number | undefined
const uptimeText = Buffer.alloc(64)
