import { canonicalJson, type ClaimId, toTimestamp } from '@conduct/core'
import type { Estimate, HeldBy, LaneView } from '../lane-views.ts'
import { blockersOf, blockersOfRequest, estimate, positionOf } from '../core/index.ts'
import { elapsedMs, shownMs, type Watch } from '../core/time.ts'
import type { ClaimBase, HeldClaim, LaneDefinition, LaneDocument, Pause, WaitingClaim } from '../document.ts'
import type { StoreTime } from '../store.ts'

/** What people see of a lane: the document, read with a place, blockers and an estimate for each claim. */
export function viewLane(options: {
  readonly document: LaneDocument
  readonly watch: Watch
  /** As lanes.yaml has it. */
  readonly declared: LaneDefinition
}): LaneView {
  const { document, watch, declared } = options
  const { now } = watch
  const { definition } = document
  return {
    document,
    lane: document.lane,
    limit: definition.limit,
    order: definition.order,
    paused: document.paused === null ? null : viewPause(document.paused),
    holders: document.holders.map((held) => viewHolder(held, { definition, watch })),
    waiting: [
      ...document.holders.flatMap((held) => (held.offeredUntil === null ? [] : [viewOffer(held, watch)])),
      ...document.waiting.map((waiting) => viewWaiting(document, waiting, now)),
    ],
    notes: document.notes.map(({ run, text, by, at }) => ({ run, text, by, at: toTimestamp(at.wallMs) })),
    definitionDiffers: canonicalJson(definition) !== canonicalJson(declared),
    recent: document.ended.map(({ claim, holder, outcome }) => ({ claim, holder, outcome })),
  }
}

export function heldBy(claim: ClaimBase, since: StoreTime = claim.since): HeldBy {
  const { holder, task, contact, session, resources, run } = claim
  return {
    claim: claim.claim,
    holder,
    task,
    since: toTimestamp(since.wallMs),
    contact,
    session,
    resources,
    run,
    untilMerged: claim.untilMerged ?? null,
  }
}

/** Who is in the way of a claim, holders first, then those ahead in line. */
export interface InTheWay {
  /** The first of those who hold; null when only waiters are ahead. */
  readonly holder: HeldBy | null
  readonly blockers: readonly HeldBy[]
  readonly position: number
  readonly estimate: Estimate | null
}

export function inTheWay(document: LaneDocument, claim: ClaimId, now: StoreTime): InTheWay {
  return describe(document, blockersOf(document, claim), {
    position: positionOf(document, claim) ?? 1,
    estimate: estimate(document, claim, now),
  })
}

/** The same for a request that has no place in line. */
export function inTheWayOfRequest(
  document: LaneDocument,
  base: Omit<ClaimBase, 'since'>,
  now: StoreTime,
): InTheWay {
  const imagined = { ...document, waiting: [...document.waiting, imagine(base, now)] }
  return describe(document, blockersOfRequest(document, { resources: base.resources }), {
    position: positionOf(imagined, base.claim) ?? 1,
    estimate: estimate(imagined, base.claim, now),
  })
}

function imagine(base: Omit<ClaimBase, 'since'>, now: StoreTime): WaitingClaim {
  return {
    ...base,
    since: now,
    lastSeen: now,
    state: 'waiting',
    priority: 0,
    paused: null,
    overtaken: 0,
    movedByCaptain: false,
    assigned: null,
  }
}

function describe(
  document: LaneDocument,
  blockers: readonly ClaimId[],
  rest: Pick<InTheWay, 'position' | 'estimate'>,
): InTheWay {
  const blocking = new Set(blockers)
  const holders = document.holders.filter((held) => blocking.has(held.claim))
  const waiting = document.waiting.filter((claim) => blocking.has(claim.claim))
  const shownHolders = holders.map((held) => heldBy(held, held.grantedAt))
  return {
    holder: shownHolders[0] ?? null,
    blockers: [...shownHolders, ...waiting.map((claim) => heldBy(claim))],
    ...rest,
  }
}

/** A holder that renews itself is late when so many renewals have not come. */
const lateBeats = 2

function viewHolder(
  held: HeldClaim,
  { definition, watch }: { readonly definition: LaneDefinition; readonly watch: Watch },
): LaneView['holders'][number] {
  const { token, state, etaMs, attended, kept } = held
  const isObserved = watch.firstSeenMs !== undefined
  const unchangedForMs = isObserved ? elapsedMs(held.renewedAt, watch) : shownMs(held.renewedAt, watch.now)
  const isBeating = state === 'held' && attended && kept?.stopped !== true
  return {
    ...heldBy(held, held.grantedAt),
    token,
    state,
    expiresAt:
      state === 'held' && !isObserved && held.untilMerged === undefined
        ? toTimestamp(endOf(held, watch.now))
        : null,
    unchangedForMs,
    suspect: isBeating && unchangedForMs > definition.renewMs * lateBeats,
    lapsesAfterMs: held.ttlMs + held.marginMs,
    etaMs,
    attended,
    kept: kept?.reason ?? null,
  }
}

/** By this wall clock, whatever it said when the lease was renewed. */
function endOf(held: HeldClaim, now: StoreTime): number {
  return now.wallMs - shownMs(held.renewedAt, now) + held.ttlMs - held.marginMs
}

function viewWaiting(
  document: LaneDocument,
  waiting: WaitingClaim,
  now: StoreTime,
): LaneView['waiting'][number] {
  return {
    ...heldBy(waiting),
    position: positionOf(document, waiting.claim) ?? 1,
    state: waiting.state,
    offeredUntil: null,
    blockedBy: blockersOf(document, waiting.claim),
    paused: waiting.paused?.reason ?? null,
    estimate: estimate(document, waiting.claim, now),
  }
}

/** By this wall clock, as `endOf`. */
function viewOffer(held: HeldClaim, watch: Watch): LaneView['waiting'][number] {
  const { now } = watch
  const leftMs = held.offeredUntil === null ? 0 : untilMs(held.offeredUntil, held.grantedAt, watch)
  return {
    ...heldBy(held),
    position: 0,
    state: 'offered',
    offeredUntil: toTimestamp(now.wallMs + Math.max(0, leftMs)),
    blockedBy: [],
    paused: null,
    estimate: null,
  }
}

/** Milliseconds until then; as seen here where it was set on another host. */
function untilMs(until: StoreTime, setAt: StoreTime, watch: Watch): number {
  if (until.era === watch.now.era) return until.ms - watch.now.ms
  return watch.firstSeenMs === undefined ? 0 : until.ms - setAt.ms - elapsedMs(until, watch)
}

function viewPause({ by, reason, until }: Pause): NonNullable<LaneView['paused']> {
  return { by, reason, until: until === null ? null : toTimestamp(until.wallMs) }
}
