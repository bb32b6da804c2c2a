import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { LaneDefinition } from '../document.ts'
import type { LaneCalls } from './lane-calls.ts'
import type { LeaseState, LeaseTerm } from './lease-state.ts'
import { type LeaseKey, type Loss, type Renewal, type RenewalReport, startRenewal } from './renewal.ts'

/** What the worker is told; the secret itself stays in the main thread. */
export interface RenewalWorkerData {
  readonly storeUrl: string
  readonly estate: string | null
  readonly lane: string
  readonly definition: LaneDefinition
  readonly key: LeaseKey
  readonly term: LeaseTerm
  readonly buffer: SharedArrayBuffer
  readonly silenceMsMax: number
}

export type RenewalWorkerMessage =
  | { readonly kind: 'renewed' }
  | { readonly kind: 'lost'; readonly loss: Loss }

/** A main loop that has not turned for so long counts as hanging, and its lease is not renewed. */
const silenceMsMin = 500
const beatsPerSilence = 4

/** The thread starts so long after the grant, well before its first renewal is due. */
const startMs = 200

/**
 * Renews in a thread of its own, which opens the store from its address: a busy main loop does not cost the lease,
 * a hanging one does. Should the thread fail, the main loop renews itself.
 */
export function startWorkerRenewal(options: {
  readonly calls: LaneCalls
  readonly key: LeaseKey
  readonly term: LeaseTerm
  readonly state: LeaseState
  readonly report: RenewalReport
}): Renewal {
  const { calls, key, term, state, report } = options
  const silenceMsMax = Math.max(calls.definition.renewMs, silenceMsMin)
  state.beat()
  const beating = setInterval(() => state.beat(), silenceMsMax / beatsPerSilence).unref()
  let fallback: Renewal | null = null
  let isStopping = false
  let isLost = false
  let running: { readonly worker: Worker; readonly ended: Promise<void> } | null = null

  const renewHere = (): void => {
    fallback = startRenewal({ calls, key, term, state, report, isOwnerAlive: () => true })
  }

  const start = (): void => {
    const entry = findEntry('#renewal-worker')
    // Whoever bundles this package into one file has no entry beside it.
    if (entry === null) return renewHere()
    const workerData = {
      storeUrl: calls.store.url,
      estate: calls.store.estate,
      lane: calls.lane,
      definition: calls.definition,
      key,
      term,
      buffer: state.buffer,
      silenceMsMax,
    } satisfies RenewalWorkerData
    const worker = new Worker(entry, { workerData })
    worker.unref()
    worker.on('message', (message: RenewalWorkerMessage) => {
      if (message.kind === 'renewed') return report.onRenewed()
      isLost = true
      report.onLost(message.loss)
    })
    // The exit that follows says all that matters.
    worker.once('error', () => undefined)
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        if (!isStopping && !isLost) renewHere()
        resolve()
      })
    })
    running = { worker, ended }
  }
  // Most leases of short work end before this: they never pay for a thread.
  const starting = setTimeout(start, Math.min(startMs, calls.definition.renewMs / 4)).unref()

  return {
    isRunning: () => !isStopping && !isLost && (fallback?.isRunning() ?? true),
    stop: async () => {
      clearTimeout(starting)
      clearInterval(beating)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      if (!isStopping) running?.worker.postMessage('stop')
      isStopping = true
      // Without this the process could end before the renewal in flight has.
      running?.worker.ref()
      await running?.ended
      await fallback?.stop()
    },
  }
}

function findEntry(name: '#renewal-worker'): URL | null {
  try {
    return entryUrl(name)
  } catch {
    return null
  }
}

/** An entry of its own, found through package imports: the same in the sources and in a bundle. */
export function entryUrl(name: '#renewal-worker' | '#keeper'): URL {
  return pathToFileURL(createRequire(import.meta.url).resolve(name))
}
