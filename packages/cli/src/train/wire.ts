import type { HeldAnswer } from '@conduct/conductor'

/** Beside the run's own fields when its lane was held. */
export function toWireHeld(held: HeldAnswer) {
  return {
    outcome: held.outcome,
    held: {
      lane: held.lane,
      claim: held.claim,
      holder: held.holder,
      position: held.position,
      reason: held.reason,
      estimate: held.estimate,
    },
  }
}
