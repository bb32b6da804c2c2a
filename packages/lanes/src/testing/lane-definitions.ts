import type { LaneDefinition } from '../document.ts'

/** For tests: as lanes.yaml has it when it says nothing else. */
export const usualDefinition: LaneDefinition = {
  scope: 'repo_set',
  limit: 1,
  order: 'strict',
  whenHeld: 'queue',
  ttlMs: 900_000,
  renewMs: 30_000,
  marginMs: 60_000,
  waitingTtlMs: 86_400_000,
  waitingMax: 200,
  acceptMs: 900_000,
  takeoverDelayMs: 120_000,
  captains: ['ana'],
  holders: null,
  purpose: 'Shared releases must not overwrite or strand each other.',
}

/** For tests whose clock is driven by hand: everything happens within a minute. */
export const quickDefinition: LaneDefinition = {
  ...usualDefinition,
  ttlMs: 60_000,
  renewMs: 5000,
  marginMs: 4000,
  waitingTtlMs: 60_000,
  acceptMs: 30_000,
  takeoverDelayMs: 10_000,
  captains: ['captain'],
}
