import type { Publisher } from './ports.ts'
import { npmPublisher } from './publishers/npm.ts'
import { pnpmPublisher } from './publishers/pnpm.ts'
import { rubygemsPublisher } from './publishers/rubygems.ts'

/** Asked in this order: the first whose `matches` says yes publishes. */
export const publishers: readonly Publisher[] = [
  pnpmPublisher(process.env),
  npmPublisher(process.env),
  rubygemsPublisher(process.env),
]
