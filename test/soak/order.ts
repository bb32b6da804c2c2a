import type { LaneDefinition } from '@conduct/lanes/engine'

/** What one worker of a soak is told. */
export interface WorkerOrder {
  readonly storeUrl: string
  readonly estate: string
  readonly definition: LaneDefinition
  readonly targetPath: string
  readonly folder: string
  readonly name: string
  readonly seed: number
  /** Acts before it ends by itself; null: until it is told to finish. */
  readonly acts: number | null
  /** Which acts it chooses from, with their weights; absent: all of them, as they are weighted. */
  readonly mix: Readonly<Record<string, number>> | null
  /** Share of its writes that go wrong: not done, done without an answer, or done late. */
  readonly faultShare: number
  /** Pretends to run on that host; null: on this one. */
  readonly host: string | null
  /** A broken engine, to show that the verdict finds it. */
  readonly breaks: Break | null
  /** Rest between two acts, at most. */
  readonly restMsMax: number
  /** How much slower than in SQLite a round trip is. */
  readonly pace: number
}

/** `grant-always`: this worker sees no holder but itself, and so the lane is always free. */
export type Break = 'grant-always'

export const breaks: readonly Break[] = ['grant-always']

export interface WorkerReport {
  readonly kind: 'done'
  readonly acts: Readonly<Record<string, number>>
  readonly grants: number
  readonly refusedByGuard: number
  readonly unreachable: number
  /** The lane said that the lease was lost, and still has it. */
  readonly falseLosses: readonly string[]
}

/** Something that no fault explains. */
export interface WorkerBug {
  readonly kind: 'bug'
  readonly text: string
}

/** A write went wrong on purpose. Said at once: whoever is killed later has met it all the same. */
export interface WorkerFault {
  readonly kind: 'fault'
  readonly fault: string
}

export type WorkerWord = WorkerReport | WorkerBug | WorkerFault

/** What all workers contend for. */
export const resources = ['a', 'b', 'c', 'd']
