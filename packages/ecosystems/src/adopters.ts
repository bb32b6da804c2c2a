import { bundlerAdopter } from './adopters/bundler.ts'
import { npmAdopter } from './adopters/npm.ts'
import { pnpmAdopter } from './adopters/pnpm.ts'
import { yarnAdopter } from './adopters/yarn.ts'
import { yarnClassicAdopter } from './adopters/yarn-classic.ts'
import type { Adopter } from './ports.ts'

/** Asked in this order, those of the train's ecosystem: the first whose `matches` says yes adopts. */
export const adopters: readonly Adopter[] = [
  pnpmAdopter,
  yarnAdopter,
  yarnClassicAdopter,
  npmAdopter,
  bundlerAdopter,
]
