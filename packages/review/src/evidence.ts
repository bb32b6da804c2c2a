import type { LanesConfig } from '@conduct/config'

/** What could be asked, or why it could not: never guessed. */
export type Answer<Value> =
  | { readonly outcome: 'known'; readonly value: Value }
  | { readonly outcome: 'unknown'; readonly reason: string }

/** What is known beside the two texts. Whatever nobody asked for is unknown. */
export interface Evidence {
  /** By repo. */
  readonly history: ReadonlyMap<string, Answer<RepoHistory>>
  /** By lane of the revision before. */
  readonly lanes: ReadonlyMap<string, Answer<LaneUse>>
  readonly signOffs: readonly SignOff[]
  /** Why proofs may be missing that exist. */
  readonly signOffProblems: readonly string[]
}

/** The files that commits of the last `historyDays` changed. */
export interface RepoHistory {
  readonly files: readonly string[]
  /** Set when the clone does not reach that far back: since when it does. */
  readonly cutAt: string | null
}

export const historyDays = 90

export interface LaneUse {
  readonly holders: readonly Usage[]
  readonly waiting: readonly Usage[]
  /** Null: nothing was handed back lately. */
  readonly holds: { readonly count: number; readonly p50Ms: number; readonly maxMs: number } | null
}

export interface Usage {
  readonly holder: string
  /** RFC 3339. */
  readonly since: string
  readonly resources: readonly string[]
}

/** Somebody vouched for a whole lanes.yaml, in a way that can be proved. */
export interface SignOff {
  /** A name in `people`. */
  readonly by: string
  readonly proof: 'signed_commit' | 'forge_approval'
  /** What to look at: a commit, a review. */
  readonly reference: string
  /** What stood in the file that they vouched for. */
  readonly config: LanesConfig
}

export const noEvidence: Evidence = {
  history: new Map(),
  lanes: new Map(),
  signOffs: [],
  signOffProblems: [],
}
