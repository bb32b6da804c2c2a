import type { LaneConfig } from '@conduct/config'
import type { LaneDefinition } from '@conduct/lanes/engine'

/** What of a lane's declaration decides in the store. */
export function toLaneDefinition(lane: LaneConfig): LaneDefinition {
  return {
    scope: lane.scope,
    limit: lane.limit,
    order: lane.order,
    whenHeld: lane.whenHeld,
    ttlMs: lane.lease.ttlMs,
    renewMs: lane.lease.renewMs,
    marginMs: lane.lease.marginMs,
    waitingTtlMs: lane.waiting.ttlMs,
    waitingMax: lane.waiting.max,
    acceptMs: lane.waiting.acceptMs,
    takeoverDelayMs: lane.takeoverDelayMs,
    captains: lane.captains,
    holders: lane.holders,
    purpose: lane.purpose,
  }
}
