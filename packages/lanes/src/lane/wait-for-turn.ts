import type { ClaimId } from '@conduct/core'
import { createDocument, positionOf } from '../core/index.ts'
import type { LaneDocument } from '../document.ts'
import type { LaneResult } from '../operation.ts'
import type { StoreTime } from '../store.ts'
import { documentId, type LaneCalls, readLane, submit, withStored } from './lane-calls.ts'
import type { Moment } from './moment.ts'
import { watchOf } from './observation.ts'
import { lookUntil, pollMs } from './patient-looks.ts'
import { findProvedDead } from './proved-dead.ts'
import { retrying } from './retrying.ts'
import { isSweepDue } from './sweep-due.ts'

/** A sign of life at least this often; the lane writes fewer of them down. */
const seenMsMax = 60_000

export type Turn =
  | {
      readonly kind: 'answered'
      readonly result: LaneResult
      readonly sentAt: Moment
      /** The document that was decided on. */
      readonly before: LaneDocument | null
    }
  /** Time is up; the place in line stays. */
  | { readonly kind: 'waiting'; readonly document: LaneDocument; readonly now: StoreTime }

interface Place {
  readonly claim: ClaimId
  readonly secretHash: string
  readonly waitMsMax: number
  readonly signal?: AbortSignal
  /** Called with the lane as it is whenever the position has changed. */
  readonly onQueued: (
    position: number,
    lane: { readonly document: LaneDocument; readonly now: StoreTime },
  ) => void
}

/**
 * Waits in line: takes an offered turn, sweeps what time or death has ended, and shows signs of life. Works on
 * polling alone; a hint of the store only makes it quicker.
 */
export async function waitForTurn(calls: LaneCalls, place: Place): Promise<Turn> {
  const { clock } = calls
  const wait = { endMs: clock.monotonicMs() + place.waitMsMax, seenMs: clock.monotonicMs(), position: 0 }
  return lookUntil(calls, () => look(calls, place, wait), place.signal)
}

interface Wait {
  readonly endMs: number
  seenMs: number
  position: number
}

/** One look at the lane, and a pause until it may have changed. Null: still in line. */
async function look(declared: LaneCalls, place: Place, wait: Wait): Promise<Turn | null> {
  const { claim, secretHash, signal } = place
  const { clock, store } = declared
  const stored = await readLane(declared)
  const calls = withStored(declared, stored?.document ?? null)
  const { definition } = calls
  const document = stored?.document ?? createDocument(calls.lane, definition)
  const offer = document.holders.find((held) => held.claim === claim)
  if (offer !== undefined) {
    const sent = await submit(calls, { kind: 'accept', claim, secretHash, token: offer.token })
    if (sent.result.kind !== 'denied') return { kind: 'answered', ...sent }
  }
  const now = await retrying(calls, () => store.register.now())
  const watch = watchOf(store, { lane: calls.lane, document, now })
  const provedDead = findProvedDead(document)
  const isInLine = document.waiting.some((waiting) => waiting.claim === claim)
  const seenEveryMs = Math.min(seenMsMax, definition.waitingTtlMs / 4)
  const isSeenDue = clock.monotonicMs() - wait.seenMs >= seenEveryMs
  if (!isInLine || provedDead.length > 0 || isSweepDue(document, watch) || isSeenDue) {
    const sent = await submit(calls, { kind: 'seen', claim, secretHash, provedDead })
    wait.seenMs = clock.monotonicMs()
    if (sent.result.kind === 'offered') return null
    if (sent.result.kind !== 'waiting') return { kind: 'answered', ...sent }
  }
  const leftMs = wait.endMs - clock.monotonicMs()
  if (leftMs <= 0) return { kind: 'waiting', document, now }
  const position = positionOf(document, claim) ?? wait.position
  if (position !== wait.position) place.onQueued(position, { document, now })
  wait.position = position
  const version = stored?.version ?? 0
  const timeoutMs = Math.min(leftMs, pollMs(calls))
  await retrying(calls, () =>
    store.register.changed(documentId(calls.lane), {
      version,
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    }),
  )
  return null
}
