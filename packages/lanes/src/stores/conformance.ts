import { logScenarios } from './conformance/log.ts'
import { placeScenarios } from './conformance/place.ts'
import { registerScenarios } from './conformance/register.ts'
import type { StoreScenario } from './conformance/scenario.ts'
import { waitingScenarios } from './conformance/waiting.ts'

export type { StoreScenario } from './conformance/scenario.ts'

/** What every store must do. */
export const storeScenarios: readonly StoreScenario[] = [
  ...registerScenarios,
  ...logScenarios,
  ...waitingScenarios,
  ...placeScenarios,
]
