import { systemClock } from '@conduct/lanes/engine'
import type { ShiftedClock } from '../lanes/shifted-clock.ts'
import type { Crew, Worker } from './crew.ts'

/** Stops, kills and sets the clocks of a crew. */
export interface Chaos {
  /** Resolves when nobody is stopped any more. */
  stop(): Promise<void>
  readonly counts: { stops: number; kills: number; clocks: number }
}

export function startChaos(options: {
  readonly crew: Crew
  readonly clocks: readonly ShiftedClock[]
  readonly random: () => number
  readonly everyMs: number
  /** Longer than ttl + margin, so that somebody else may take the lane. */
  readonly stopMs: number
  /** A new worker in the place of one that was killed. */
  readonly replace: () => void
}): Chaos {
  const { crew, clocks, random, everyMs } = options
  const counts = { stops: 0, kills: 0, clocks: 0 }
  const stopping = new AbortController()
  const sleeping = new Set<Promise<void>>()
  const pause = (ms: number): Promise<void> => systemClock.sleep(ms, stopping.signal).catch(() => undefined)

  const freeze = async (worker: Worker): Promise<void> => {
    worker.isStopped = true
    worker.process.kill('SIGSTOP')
    counts.stops += 1
    await pause(options.stopMs * (0.2 + random()))
    worker.process.kill('SIGCONT')
    worker.isStopped = false
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await pause(everyMs * (0.3 + random()))
      if (stopping.signal.aborted) return
      const awake = crew.workers().filter(({ isStopped }) => !isStopped)
      const victim = awake[Math.floor(random() * awake.length)]
      const choice = random()
      if (choice < 0.2 && clocks.length > 0) {
        clocks[Math.floor(random() * clocks.length)]?.set(random() < 0.5 ? 3600 : -3600)
        counts.clocks += 1
      } else if (choice < 0.6 && victim !== undefined && awake.length > 2) {
        const freezing = freeze(victim).finally(() => sleeping.delete(freezing))
        sleeping.add(freezing)
      } else if (victim !== undefined) {
        victim.process.kill('SIGKILL')
        await victim.exited
        counts.kills += 1
        options.replace()
      }
    }
  }
  const running = loop()
  return {
    counts,
    stop: async () => {
      stopping.abort()
      await running
      await Promise.all(sleeping)
    },
  }
}
