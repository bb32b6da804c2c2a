import type { EcosystemContext } from './ports.ts'

/** What a registry offers to take a version back without deleting it. */
export interface Withdrawal {
  /** What dist-tags stand for and whether a version is deprecated, past every cache. */
  read(options: {
    readonly package: string
    readonly version: string
    readonly registry: string
    readonly signal?: AbortSignal
  }): Promise<WithdrawalState>
  /** @throws ConductError PUBLISH_AUTH, PUBLISH_OTP, PUBLISH_REFUSED, REGISTRY_UNREACHABLE the outcome is unknown */
  moveDistTag(options: WithdrawalAct & { readonly distTag: string }): Promise<void>
  /** @throws as `moveDistTag` */
  deprecate(options: WithdrawalAct & { readonly message: string }): Promise<void>
}

/** What each dist-tag stands for, by name. */
export type DistTags = ReadonlyMap<string, string>

export type WithdrawalState =
  | {
      readonly state: 'present'
      readonly distTags: DistTags
      /** What is said of the version; null: it is not deprecated. */
      readonly deprecated: string | null
    }
  | { readonly state: 'absent'; readonly distTags: DistTags }
  | { readonly state: 'unknown'; readonly reason: string }

export interface WithdrawalAct {
  readonly package: string
  readonly version: string
  readonly registry: string
  /** A worktree of the producer, whose own settings the client reads. */
  readonly worktree: string
  readonly timeoutMs: number
  readonly context: EcosystemContext
}
