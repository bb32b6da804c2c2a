import type { EcosystemContext, PublishOptions, RepositoryPlace } from './ports.ts'

/** One version that waits at the registry, invisible to resolvers, for a person to approve it. */
export interface StagedVersion {
  readonly id: string
  /** Hexadecimal SHA-1 of the tarball, as the registry lists it. */
  readonly shasum: string | null
  readonly distTag: string | null
  readonly stagedBy: string | null
  readonly stagedAt: string | null
}

/** Whether a version is staged. `unsupported`: this registry has no staging at all. */
export type ObservedStage =
  | { readonly state: 'staged'; readonly staged: StagedVersion }
  | { readonly state: 'absent' }
  | { readonly state: 'unsupported'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string }

/** Publishing in two moves: we stage, a person approves with their second factor. */
export interface Staging {
  /**
   * Stages exactly this tarball, create-only; nothing becomes visible.
   *
   * @returns the id that the registry gave it; null where the client did not say.
   * @throws ConductError as `publish`.
   */
  stage(options: PublishOptions): Promise<{ readonly id: string | null }>
  observe(
    options: RepositoryPlace & {
      readonly package: string
      readonly version: string
      readonly registry: string
      readonly signal?: AbortSignal
    },
  ): Promise<ObservedStage>
  /** SRI (sha512) of the bytes that are staged. @throws ConductError REGISTRY_UNREACHABLE */
  integrity(
    options: RepositoryPlace & {
      readonly id: string
      readonly registry: string
      readonly signal?: AbortSignal
    },
  ): Promise<string>
  /** What a person types, one after the other, to publish all of these; ids in the order of publication. */
  approveCommands(options: {
    readonly ids: readonly string[]
    readonly registry: string
    readonly worktree: string
    readonly context: EcosystemContext
  }): Promise<readonly (readonly string[])[]>
  /** What a person types to throw one away. */
  rejectCommand(options: { readonly id: string; readonly registry: string }): readonly string[]
  /** The client's version where it can stage; else what is missing. */
  client(options: {
    readonly worktree: string
    readonly context: EcosystemContext
  }): Promise<{ readonly isAble: boolean; readonly text: string }>
}
