import type { Plan } from './plan.ts'

/** What a run would do, found out without the ability to do it. */
export interface DryRun {
  readonly plan: Plan
  readonly unverified: readonly Unverified[]
}

/** Something that stays open until the run comes to it. */
export interface Unverified {
  readonly what: string
  readonly repo: string | null
  readonly why: string
}
