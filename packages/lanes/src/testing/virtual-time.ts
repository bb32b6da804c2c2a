import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '@conduct/core'
import type { StoreTime } from '../store.ts'

/** One true time, and clocks that show it: with another rate, standing still while their machine sleeps, stopped. */
export interface VirtualTime {
  readonly nowMs: () => number
  /** Lets that much true time pass; whatever is due happens in its order. */
  readonly advance: (ms: number) => Promise<void>
  readonly storeTime: () => StoreTime
  readonly clock: (options?: { readonly rate?: number }) => VirtualClock
}

export interface VirtualClock extends Clock {
  /** The machine sleeps for so long when time next advances: only `bootMs` goes on, and no timer fires. */
  readonly suspend: (ms: number) => void
}

/** Turns of the event loop after each timer, enough for what it wakes to come to its next wait. */
const turnsPerTimer = 12

interface Timer {
  readonly dueMs: () => number
  readonly fire: () => void
}

export function makeVirtualTime(): VirtualTime {
  let nowMs = 1_000_000
  const timers = new Set<Timer>()
  const settle = async (): Promise<void> => {
    for (let index = 0; index < turnsPerTimer; index++) await turn()
  }
  return {
    nowMs: () => nowMs,
    storeTime: () => ({ ms: nowMs, era: 'boot', wallMs: 1_700_000_000_000 + nowMs }),
    advance: async (ms) => {
      const endMs = nowMs + ms
      await settle()
      for (;;) {
        const next = [...timers].sort((one, other) => one.dueMs() - other.dueMs())[0]
        if (next === undefined || next.dueMs() > endMs) break
        nowMs = Math.max(nowMs, next.dueMs())
        timers.delete(next)
        next.fire()
        await settle()
      }
      nowMs = endMs
      await settle()
    },
    clock: ({ rate = 1 } = {}) => {
      let asleepMs = 0
      let suspendedUntilMs = 0
      // While the machine sleeps, the true time that passes is not seen by its monotonic clock.
      const awakeMs = (): number => nowMs - asleepMs + Math.max(0, suspendedUntilMs - nowMs)
      return {
        wallMs: () => 1_700_000_000_000 + nowMs,
        monotonicMs: () => awakeMs() * rate,
        bootMs: () => nowMs * rate,
        suspend: (ms) => {
          suspendedUntilMs = nowMs + ms
          asleepMs += ms
        },
        sleep: (ms, signal) =>
          new Promise((resolve, reject) => {
            if (signal?.aborted === true) return reject(signal.reason as Error)
            const wakeMs = awakeMs() + Math.max(1, ms) / rate
            const timer: Timer = { dueMs: () => wakeMs + asleepMs, fire: () => done(resolve) }
            const onAbort = (): void => done(() => reject(signal?.reason as Error))
            const done = (end: () => void): void => {
              timers.delete(timer)
              signal?.removeEventListener('abort', onAbort)
              end()
            }
            signal?.addEventListener('abort', onAbort, { once: true })
            timers.add(timer)
          }),
        after: (ms, run) => {
          const wakeMs = awakeMs() + Math.max(1, ms) / rate
          const timer: Timer = {
            dueMs: () => wakeMs + asleepMs,
            fire: () => {
              timers.delete(timer)
              run()
            },
          }
          timers.add(timer)
          return () => timers.delete(timer)
        },
      }
    },
  }
}
