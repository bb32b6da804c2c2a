import type { LaneDefinition } from '@conduct/lanes/engine'

/** Short leases, so that a takeover from a stopped holder takes two seconds where a round trip takes milliseconds. */
export const shortLease: LaneDefinition = {
  scope: 'repo_set',
  limit: 1,
  order: 'strict',
  whenHeld: 'queue',
  ttlMs: 1700,
  renewMs: 400,
  marginMs: 300,
  waitingTtlMs: 60_000,
  waitingMax: 200,
  acceptMs: 1000,
  takeoverDelayMs: 1000,
  captains: ['captain'],
  holders: null,
  purpose: 'test',
}

/** The same lease, so many times slower. */
export function slowed(definition: LaneDefinition, pace: number): LaneDefinition {
  const { ttlMs, renewMs, marginMs, waitingTtlMs, acceptMs, takeoverDelayMs } = definition
  return {
    ...definition,
    ttlMs: ttlMs * pace,
    renewMs: renewMs * pace,
    marginMs: marginMs * pace,
    waitingTtlMs: waitingTtlMs * pace,
    acceptMs: acceptMs * pace,
    takeoverDelayMs: takeoverDelayMs * pace,
  }
}
