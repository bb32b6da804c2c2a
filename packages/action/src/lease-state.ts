import type { Conduct } from './start-conduct.ts'

export const leaseState = 'lease'

/** What the post step knows: it never looks at inputs, which in a nested action are those of somebody else. */
export interface LeaseState {
  readonly lane: string
  readonly conduct: Conduct
  readonly isAcquired: boolean
  /** The renewer; null: there is none. */
  readonly keeper: number | null
}
