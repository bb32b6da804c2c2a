import { ConductError, type EmitEvent, isConductError, toTimestamp } from '@conduct/core'
import type { Lease } from '../api.ts'
import type { HeldClaim } from '../document.ts'
import type { LaneOperation, LaneResult } from '../operation.ts'
import { type LaneCalls, submit } from './lane-calls.ts'
import { makeLeaseState, stopMs, usableMs } from './lease-state.ts'
import type { Moment } from './moment.ts'
import { lapsed, type Loss, renewOnce, type Renewal, startRenewal, toLoss } from './renewal.ts'
import { shareNext } from './share-next.ts'
import { startWorkerRenewal } from './worker-renewal.ts'

export interface OpenLeaseOptions {
  readonly calls: LaneCalls
  readonly held: HeldClaim
  readonly secret: string
  /** Before the write that granted it was sent. */
  readonly sentAt: Moment
  readonly renewal: 'worker' | 'inline' | 'none'
  /** A child's share of its parent's claim: it can be used and kept, and never given back. */
  readonly isInherited: boolean
  readonly emit: EmitEvent
  /** The claim no longer belongs to this process. */
  readonly onEnd: () => void
}

/** Ends a lease by an operation other than release: stop renewing, wait for what is in flight, then the operation. */
export type EndLease = (operation: 'park' | 'stop', reason: string) => Promise<void>

const endings = new WeakMap<Lease, EndLease>()

export function endLease(lease: Lease, operation: 'park' | 'stop', reason: string): Promise<void> {
  const ending = endings.get(lease)
  if (ending === undefined) throw new Error('invariant broken: a lease of another engine')
  return ending(operation, reason)
}

/** A granted claim in the hands of this process. */
export function openLease(options: OpenLeaseOptions): Lease {
  const { calls, held, secret, emit } = options
  const { clock, lane } = calls
  const { claim, token, secretHash } = held
  const key = { claim, secretHash, token }
  const state = makeLeaseState(clock)
  state.extend(options.sentAt, held)
  const lost = new AbortController()
  const effects = new Set<Promise<unknown>>()
  let phase: 'open' | 'ending' | 'ended' = 'open'
  let isKept = false
  let isUndone = false

  const say = (change: 'renewed' | 'lost' | 'kept' | 'parked' | 'released', detail: string): void =>
    emit({ type: 'lane_changed', lane, change, detail })

  const lose = (loss: Loss): void => {
    if (phase === 'ended' || lost.signal.aborted) return
    lost.abort(lostError(lane, claim, loss))
    say('lost', loss.message)
    background(settleLoss(loss), emit)
  }

  /** Only when nothing runs under it any more does a forced holder say that it has stopped. */
  const settleLoss = async (loss: Loss): Promise<void> => {
    await renewal?.stop()
    await Promise.allSettled(effects)
    if (loss.cause === 'forced') await submit(calls, { kind: 'acknowledge_forced', claim, secretHash })
    finish()
  }

  const finish = (): void => {
    if (phase === 'ended') return
    phase = 'ended'
    options.onEnd()
  }

  const report = {
    onRenewed: () => say('renewed', `token ${token}`),
    onLost: lose,
  }
  const renewal = openRenewal(options, { key, state, report })

  const isHeld = (): boolean => {
    if (phase !== 'open' || lost.signal.aborted) return false
    if (usableMs(state, held, clock) > 0) return true
    lose(lapsed())
    return false
  }

  const requireHeld = (): void => {
    if (!isHeld()) throw lost.signal.aborted ? lost.signal.reason : lostError(lane, claim, gaveBack)
  }

  const requireRoom = (effect: { readonly name: string; readonly timeoutMs: number }): void => {
    requireHeld()
    if (renewal?.isRunning() === true || usableMs(state, held, clock) >= effect.timeoutMs) return
    const message = `"${effect.name}" may take longer than the lease of lane ${lane} lasts, and nothing renews it.`
    throw new ConductError('LEASE_TOO_SHORT', message)
  }

  // Who asks while a renewal is on its way shares the next one: it was sent after all of them asked.
  const renewTogether = shareNext(() => renewOnce(calls, { key, state }))

  const renewNow = async (): Promise<void> => {
    const answer = await renewTogether()
    if (answer === 'granted') return
    if (answer === 'no_answer') {
      throw new ConductError('STORE_UNREACHABLE', `The lease of lane ${lane} could not be renewed just now.`)
    }
    lose(answer)
    throw lostError(lane, claim, answer)
  }

  /** The answer of an operation that needs the lease; a refusal means that it is lost. */
  const operate = async (operation: LaneOperation): Promise<LaneResult> => {
    const { result, sentAt } = await submit(calls, operation)
    if (result.kind === 'held') state.extend(sentAt, result.claim)
    if (result.kind !== 'denied' && result.kind !== 'ended') return result
    const loss = toLoss(result)
    lose(loss)
    throw lostError(lane, claim, loss)
  }

  const close = async (): Promise<void> => {
    phase = 'ending'
    await Promise.allSettled(effects)
    await renewal?.stop()
  }

  const lease: Lease = {
    claim,
    secret,
    lane,
    resources: held.resources,
    token,
    get grantedAt() {
      return toTimestamp(held.grantedAt.wallMs)
    },
    waitedMs: Math.max(0, held.grantedAt.wallMs - held.since.wallMs),
    get expiresAt() {
      return toTimestamp(held.renewedAt.wallMs + held.ttlMs - held.marginMs)
    },
    signal: lost.signal,
    isHeld,
    deadline: () => ({ ...state.deadline(), stopMs: stopMs(held) }),
    guard: async (effect, run) => {
      requireHeld()
      if (effect.beforeAct !== undefined) await effect.beforeAct()
      if (effect.renewFirst === true) await renewNow()
      // From here to the first line of the effect nothing is awaited.
      requireRoom(effect)
      const running = run({ token, signal: lost.signal })
      effects.add(running)
      try {
        return await running
      } finally {
        effects.delete(running)
      }
    },
    keep: async ({ reason }) => {
      requireHeld()
      await operate({ kind: 'keep', claim, secretHash, reason, stopped: false })
      isKept = true
      say('kept', reason)
    },
    stop: ({ reason }) => end('stop', reason),
    release: async (giving = {}) => {
      isUndone ||= giving.isUndone === true
      if (phase === 'ended' || lost.signal.aborted) return 'not_held'
      await close()
      if (options.isInherited) {
        finish()
        return 'not_held'
      }
      const { result, isRepeated } = await submit(calls, {
        kind: 'release',
        ...key,
        ...(isUndone ? { isUndone } : {}),
      })
      finish()
      const wasOurs = isRepeated && result.kind === 'ended' && result.outcome === 'released'
      if (result.kind !== 'done' && !wasOurs) return 'not_held'
      say('released', `token ${token}`)
      return 'released'
    },
    [Symbol.asyncDispose]: async () => {
      if (phase === 'ended' || lost.signal.aborted) return
      if (isKept) {
        await close()
        return finish()
      }
      try {
        await lease.release()
      } catch (error) {
        if (!isConductError(error, 'STORE_UNREACHABLE')) throw error
        const message = `Lane ${lane} could not be handed back; its lease ends by itself. ${error.message}`
        emit({ type: 'warning', code: error.code, message })
      }
    },
  }

  const end: EndLease = async (operation, reason) => {
    requireHeld()
    await close()
    if (!options.isInherited) {
      if (operation === 'park') await operate({ kind: 'park', ...key })
      else await operate({ kind: 'keep', claim, secretHash, reason, stopped: true })
    }
    finish()
    say(operation === 'park' ? 'parked' : 'kept', reason)
  }
  endings.set(lease, end)
  return lease
}

const gaveBack: Loss = { cause: 'ended', message: 'it was handed back' }

function openRenewal(
  { calls, held, renewal }: OpenLeaseOptions,
  parts: Pick<Parameters<typeof startWorkerRenewal>[0], 'key' | 'state' | 'report'>,
): Renewal | null {
  if (renewal === 'none') return null
  const term = { ttlMs: held.ttlMs, marginMs: held.marginMs }
  if (renewal === 'worker') return startWorkerRenewal({ calls, term, ...parts })
  return startRenewal({ calls, term, ...parts, isOwnerAlive: () => true })
}

function lostError(lane: string, claim: string, loss: Loss): ConductError {
  return new ConductError('LEASE_LOST', `The lease of lane ${lane} is lost: ${loss.message}.`, {
    details: { lane, claim, cause: loss.cause },
  })
}

/** What nobody waits for; a failure is shown and changes nothing. */
function background(work: Promise<void>, emit: EmitEvent): void {
  work.catch((error: unknown) => {
    const code = isConductError(error) ? error.code : 'BUG'
    emit({ type: 'warning', code, message: error instanceof Error ? error.message : String(error) })
  })
}
