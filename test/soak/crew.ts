import type { ChildProcess } from 'node:child_process'
import { type LaneDefinition, systemClock } from '@conduct/lanes/engine'
import { startActor } from '../lanes/actor.ts'
import { envOf, type Place } from '../lanes/places.ts'
import type { ShiftedClock } from '../lanes/shifted-clock.ts'
import type { WorkerOrder, WorkerReport, WorkerWord } from './order.ts'

/** The workers of a soak, and what is done to them. */
export interface Crew extends Disposable {
  start(order: Partial<WorkerOrder> & Pick<WorkerOrder, 'name'>, clock?: ShiftedClock): Worker
  /** Everybody who runs. */
  workers(): readonly Worker[]
  readonly reports: readonly WorkerReport[]
  readonly bugs: readonly string[]
  /** Writes that went wrong on purpose, of everybody who ever ran. */
  readonly faults: readonly string[]
  /** Waits until everybody has done the acts they were given. */
  done(): Promise<void>
  /** Tells everybody to finish and waits until they have; who does not is ended. */
  finish(msMax: number): Promise<void>
}

export interface Worker {
  readonly name: string
  readonly process: ChildProcess
  isStopped: boolean
  readonly exited: Promise<void>
}

export function makeCrew(options: {
  readonly place: Place
  readonly definition: LaneDefinition
  readonly targetPath: string
  readonly pace: number
  readonly seed: number
}): Crew {
  const { place, definition, targetPath, pace } = options
  const running = new Set<Worker>()
  const reports: WorkerReport[] = []
  const bugs: string[] = []
  const faults: string[] = []
  let started = 0

  const hear = (word: WorkerWord): void => {
    if (word.kind === 'bug') bugs.push(word.text)
    else if (word.kind === 'fault') faults.push(word.fault)
    else reports.push(word)
  }

  return {
    reports,
    bugs,
    faults,
    workers: () => [...running],
    start: (asked, clock) => {
      started += 1
      const order: WorkerOrder = {
        storeUrl: place.url,
        estate: place.estate,
        definition,
        targetPath,
        folder: place.folder,
        seed: options.seed * 1009 + started * 7919,
        acts: null,
        mix: null,
        faultShare: 0,
        host: null,
        breaks: null,
        restMsMax: 300 * pace,
        pace,
        ...asked,
        name: `${asked.name}-${started}`,
      }
      const actor = startActor(new URL('worker-process.ts', import.meta.url), order, {
        env: envOf(place, clock?.env),
      })
      actor.process.on('message', hear)
      const end = async (): Promise<void> => {
        const { code, signal, said } = await actor.ended
        running.delete(worker)
        if (signal === 'SIGKILL' || code === 0) return
        bugs.push(`${order.name} ended with ${code ?? signal}: ${said}`)
      }
      const worker: Worker = { name: order.name, process: actor.process, isStopped: false, exited: end() }
      running.add(worker)
      return worker
    },
    done: async () => {
      await Promise.all([...running].map(({ exited }) => exited))
    },
    finish: async (msMax) => {
      const all = [...running]
      for (const worker of all) if (worker.process.connected) worker.process.send('finish', () => undefined)
      const waiting = new AbortController()
      const late = systemClock.sleep(msMax, waiting.signal).catch(() => undefined)
      await Promise.race([Promise.all(all.map(({ exited }) => exited)), late])
      waiting.abort()
      for (const worker of running) {
        bugs.push(`${worker.name} did not finish within ${msMax} ms`)
        worker.process.kill('SIGKILL')
      }
      await Promise.all(all.map(({ exited }) => exited))
    },
    [Symbol.dispose]: () => {
      for (const worker of running) worker.process.kill('SIGKILL')
    },
  }
}
