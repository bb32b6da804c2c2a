import { isConductError } from '@conduct/core'
import type { ClaimId } from '@conduct/core'
import type { LaneResult } from '../operation.ts'
import { type LaneCalls, submit } from './lane-calls.ts'
import { type LeaseState, type LeaseTerm, usableMs } from './lease-state.ts'

/** What proves a lease to its lane. */
export interface LeaseKey {
  readonly claim: ClaimId
  readonly secretHash: string
  readonly token: number
}

/** Why a lease is no longer ours, for people and for `--json`. */
export interface Loss {
  readonly cause: 'lapsed' | 'forced' | 'ended'
  readonly message: string
}

export interface RenewalReport {
  /** A renewal was granted; the deadline in the lease's state has moved. */
  readonly onRenewed: () => void
  readonly onLost: (loss: Loss) => void
}

export interface Renewal {
  /** False from the moment nothing renews the lease any more. */
  isRunning(): boolean
  /** No renewal is begun after this; resolves when the one in flight has ended. */
  stop(): Promise<void>
}

/** A renewal that failed is tried again after this share of the interval. */
const retryShare = 4

/** While the owner is silent nothing is renewed; its sign of life is looked for this often. */
const silencePollMs = 50

/**
 * Renews a lease for as long as its owner is alive, and says when it is lost: refused by the lane, or so close to
 * the deadline that running effects have to be stopped.
 */
export function startRenewal(options: {
  readonly calls: LaneCalls
  readonly key: LeaseKey
  readonly term: LeaseTerm
  readonly state: LeaseState
  readonly isOwnerAlive: () => boolean
  readonly report: RenewalReport
}): Renewal {
  const { calls, key, term, state, report } = options
  const { clock } = calls
  const { renewMs } = calls.definition
  const stopping = new AbortController()
  let isRunning = true
  let inFlight: Promise<unknown> = Promise.resolve()

  const loop = async (): Promise<void> => {
    let renewAtMs = clock.monotonicMs() + renewMs
    while (!stopping.signal.aborted) {
      const untilRenewalMs = renewAtMs - clock.monotonicMs()
      const untilLossMs = usableMs(state, term, clock)
      if (untilLossMs <= 0) return report.onLost(lapsed())
      if (untilRenewalMs > 0) {
        await rest(Math.min(untilRenewalMs, untilLossMs))
      } else if (!options.isOwnerAlive()) {
        await rest(Math.min(silencePollMs, untilLossMs))
      } else {
        const startedMs = clock.monotonicMs()
        const attempt = renewOnce(calls, { key, state })
        inFlight = attempt
        const answer = await Promise.race([attempt, rest(untilLossMs).then(() => 'no_answer' as const)])
        if (answer !== 'granted' && answer !== 'no_answer') return report.onLost(answer)
        if (answer === 'granted') report.onRenewed()
        renewAtMs = startedMs + (answer === 'granted' ? renewMs : renewMs / retryShare)
      }
    }
  }

  const rest = (ms: number): Promise<void> => clock.sleep(ms, stopping.signal).catch(() => undefined)

  const running = loop().finally(() => {
    isRunning = false
  })
  return {
    isRunning: () => isRunning,
    stop: async () => {
      stopping.abort()
      await running
      await inFlight
    },
  }
}

/** One renewal, whoever sends it. `no_answer`: the store was not reached, the lease is what it was. */
export async function renewOnce(
  calls: LaneCalls,
  lease: { readonly key: LeaseKey; readonly state: LeaseState },
): Promise<'granted' | 'no_answer' | Loss> {
  try {
    const { result, sentAt } = await submit(calls, { kind: 'renew', ...lease.key })
    if (result.kind !== 'held') return toLoss(result)
    lease.state.extend(sentAt, result.claim)
    return 'granted'
  } catch (error) {
    if (isConductError(error, 'STORE_UNREACHABLE')) return 'no_answer'
    // What the store forgot, or gave to another one, nobody can hold there.
    const isGone = isConductError(error, 'STORE_BEHIND') || isConductError(error, 'STORE_MOVED')
    if (isGone) return { cause: 'ended', message: sentencePart(error.message) }
    throw error
  }
}

function sentencePart(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`
}

export function lapsed(): Loss {
  return { cause: 'lapsed', message: 'it was not renewed in time' }
}

export function toLoss(result: LaneResult): Loss {
  if (result.kind === 'denied') return { cause: 'ended', message: result.message }
  if (result.kind !== 'ended') return { cause: 'ended', message: `the lane answered ${result.kind}` }
  const why = result.reason === null ? '' : ` (${result.reason})`
  return {
    cause: result.outcome === 'forced' ? 'forced' : result.outcome === 'lapsed' ? 'lapsed' : 'ended',
    message: `it was ${result.outcome}${why}`,
  }
}
