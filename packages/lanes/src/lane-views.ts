import type { ClaimId, RunId } from '@conduct/core'
import type { ClaimOutcome, LaneDefinition, LaneDocument } from './document.ts'

export interface HeldBy {
  readonly claim: ClaimId
  readonly holder: string
  readonly task: string | null
  readonly since: string
  readonly contact: string | null
  readonly session: string | null
  readonly resources: readonly string[]
  readonly run: RunId | null
  /** The pull request (`repo#number`) it lives with; null: it lives by its renewals. */
  readonly untilMerged: string | null
}

export interface Estimate {
  readonly ms: number
  /** What it is computed from, for people: "median of 12 holds since 3 Nov is 9m". */
  readonly basis: string
}

export interface LaneView {
  readonly document: LaneDocument
  readonly lane: string
  readonly limit: number
  readonly order: LaneDefinition['order']
  readonly paused: { readonly by: string; readonly reason: string; readonly until: string | null } | null
  readonly holders: readonly (HeldBy & {
    readonly token: number
    readonly state: 'held' | 'offered'
    /** Null for an offer, and where the store has no clock: there only `unchangedForMs` is known. */
    readonly expiresAt: string | null
    /** Since its last renewal, or since this host first saw that renewal where the store has no clock. */
    readonly unchangedForMs: number
    /** It should renew itself and has not for two renewals: it may be dead. */
    readonly suspect: boolean
    /** Taken over once it stood unchanged for so long. */
    readonly lapsesAfterMs: number
    readonly etaMs: number | null
    readonly attended: boolean
    readonly kept: string | null
  })[]
  /** Those whose turn is offered stand first; they are among the `holders` too, since nobody else can have it. */
  readonly waiting: readonly (HeldBy & {
    /** From 1; 0 for an offered turn. */
    readonly position: number
    readonly state: 'offered' | 'waiting' | 'parked'
    /** Until when an offered turn can be accepted; null for all others. */
    readonly offeredUntil: string | null
    readonly blockedBy: readonly ClaimId[]
    readonly paused: string | null
    readonly estimate: Estimate | null
  })[]
  readonly notes: readonly {
    readonly run: RunId
    readonly text: string
    readonly by: string
    readonly at: string
  }[]
  /** True when lanes.yaml and the store's definition differ (the store's decides). */
  readonly definitionDiffers: boolean
  readonly recent: readonly {
    readonly claim: ClaimId
    readonly holder: string
    readonly outcome: ClaimOutcome
  }[]
}
