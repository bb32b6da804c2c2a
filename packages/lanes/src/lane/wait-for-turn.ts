import type { ClaimId } from '@conduct/core'
import { createDocument, positionOf } from '../core/index.ts'
import type { LaneDocument } from '../document.ts'
import type { LaneResult } from '../operation.ts'
import type { StoreTime } from '../store.ts'
import { documentId, type LaneCalls, readLane, retrying, submit } from './lane-calls.ts'
import type { Moment } from './moment.ts'
import { findProvedDead } from './proved-dead.ts'
import { isSweepDue } from './sweep-due.ts'

/** A waiter looks at the lane at least this often, whatever hints it gets. */
export const pollMsMax = 1000

/** A sign of life at least this often; the lane writes fewer of them down. */
const seenMsMax = 60_000

export type Turn =
  | { readonly kind: 'answered'; readonly result: LaneResult; readonly sentAt: Moment }
  /** Time is up; the place in line stays. */
  | { readonly kind: 'waiting'; readonly document: LaneDocument; readonly now: StoreTime }

/**
 * Waits in line: takes an offered turn, sweeps what time or death has ended, and shows signs of life. Works on
 * polling alone; a hint of the store only makes it quicker.
 */
export async function waitForTurn(
  calls: LaneCalls,
  place: {
    readonly claim: ClaimId
    readonly secretHash: string
    readonly waitMsMax: number
    readonly signal?: AbortSignal
    readonly onQueued: (position: number) => void
  },
): Promise<Turn> {
  const { claim, secretHash, signal } = place
  const { clock, definition, store } = calls
  const endMs = clock.monotonicMs() + place.waitMsMax
  const seenEveryMs = Math.min(seenMsMax, definition.waitingTtlMs / 4)
  let seenMs = clock.monotonicMs()
  let shownPosition: number | null = null
  for (;;) {
    signal?.throwIfAborted()
    const stored = await readLane(calls)
    const now = await retrying(calls, () => store.register.now())
    const document = stored?.document ?? createDocument(calls.lane, definition)
    const offer = document.holders.find((held) => held.claim === claim)
    if (offer !== undefined) {
      const sent = await submit(calls, { kind: 'accept', claim, secretHash, token: offer.token })
      if (sent.result.kind !== 'waiting') return { kind: 'answered', ...sent }
    }
    const provedDead = findProvedDead(document)
    const isInLine = document.waiting.some((waiting) => waiting.claim === claim)
    const isSeenDue = clock.monotonicMs() - seenMs >= seenEveryMs
    if (!isInLine || provedDead.length > 0 || isSweepDue(document, now) || isSeenDue) {
      const sent = await submit(calls, { kind: 'seen', claim, secretHash, provedDead })
      seenMs = clock.monotonicMs()
      if (sent.result.kind === 'offered') continue
      if (sent.result.kind !== 'waiting') return { kind: 'answered', ...sent }
    }
    const leftMs = endMs - clock.monotonicMs()
    if (leftMs <= 0) return { kind: 'waiting', document, now }
    const position = positionOf(document, claim)
    if (position !== null && position !== shownPosition) place.onQueued(position)
    shownPosition = position
    const timeoutMs = Math.min(leftMs, pollMsMax, definition.renewMs / 2)
    const version = stored?.version ?? 0
    await retrying(calls, () =>
      store.register.changed(documentId(calls.lane), {
        version,
        timeoutMs,
        ...(signal === undefined ? {} : { signal }),
      }),
    )
  }
}
