import { npmAdopter } from './adopters/npm.ts'
import { pnpmAdopter } from './adopters/pnpm.ts'
import type { Adopter } from './ports.ts'

/** Asked in this order: the first whose `matches` says yes adopts. */
export const adopters: readonly Adopter[] = [pnpmAdopter, npmAdopter]
