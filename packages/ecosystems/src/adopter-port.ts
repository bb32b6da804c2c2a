import type { Ecosystem, EcosystemContext, FileTree } from './ports.ts'

/** What a consumer has of one package. */
export interface LockedPackage {
  readonly package: string
  /** Manifests that name it, with the range each asks for. */
  readonly manifests: readonly { readonly path: string; readonly field: string; readonly range: string }[]
  /** Every version in the lockfile, with its integrity where the lockfile holds one. */
  readonly locked: readonly { readonly version: string; readonly integrity: string | null }[]
  readonly lockfile: string | null
  /** Why the lockfile's content proves only the version: part of a sentence. Absent where it holds integrities. */
  readonly integrityMissing?: string
}

export interface UnpublishedReference {
  readonly file: string
  /** 1-based line where it can be told, else 0. */
  readonly line: number
  readonly package: string
  /** As written: `file:../engine`, `git+ssh://…`. */
  readonly reference: string
}

export interface ReleaseAgeGate {
  readonly file: string
  readonly setting: string
  readonly minimumAgeMs: number
  readonly isExempt: boolean
  /** The exact line that exempts the package, and the file it belongs into. */
  readonly exemptingLine: string
  readonly exemptingFile: string
}

export interface LockfileMovement {
  readonly package: string
  readonly from: string | null
  readonly to: string | null
}

type Manager = 'npm' | 'pnpm' | 'yarn' | 'yarn-classic' | 'bundler' | 'command'

export interface Adopter {
  readonly manager: Manager | `${Manager} and ${Manager}`
  /** What lanes.yaml calls it: the two generations of yarn are told apart by their lockfile. */
  readonly declaredAs: 'npm' | 'pnpm' | 'yarn' | 'bundler' | 'command'
  /** `command`: whatever the train publishes. */
  readonly ecosystem: Ecosystem | 'command'
  matches(tree: FileTree): Promise<boolean>
  /** Version of the manager on this machine, or null when it is missing. */
  version(context: EcosystemContext, worktree: string): Promise<string | null>
  read(tree: FileTree, packageName: string): Promise<LockedPackage>
  /**
   * Why these versions cannot be adopted here, as far as files tell without running anything: a path instead of a
   * range, a constraint that is computed, something newer in the lockfile, a cache that is committed. Sentences
   * without a full stop; empty is green.
   */
  obstacles(
    tree: FileTree,
    packages: readonly { readonly name: string; readonly version: string }[],
  ): Promise<readonly string[]>
  /**
   * Puts packed tarballs in place of the published packages in a discarded worktree and installs, without
   * lifecycle scripts of dependencies, so that the consumer's own checks can run against them.
   */
  tryPacked(options: {
    readonly worktree: string
    readonly packed: readonly { readonly name: string; readonly version: string; readonly path: string }[]
    readonly context: EcosystemContext
    readonly timeoutMs: number
  }): Promise<void>
  /**
   * The manager's own targeted update without lifecycle scripts: ranges change only upward and only if needed.
   * Only manifests and the lockfile are changed. Reads nothing back: the caller compares `read` before and after.
   * @throws ConductError ADOPT_NOT_VISIBLE (retryable: our version is not visible yet), ADOPT_FAILED.
   */
  adopt(options: {
    readonly worktree: string
    readonly packages: readonly { readonly name: string; readonly version: string }[]
    readonly context: EcosystemContext
    readonly timeoutMs: number
  }): Promise<void>
  /** Lockfile entries that moved; those of `allowed` packages and what they newly need are marked by the caller. */
  movements(before: FileTree, after: FileTree): Promise<readonly LockfileMovement[]>
  /** Whether a movement is explained by the adopted packages: they themselves or what they need. */
  unrelatedMovements(options: {
    readonly before: FileTree
    readonly after: FileTree
    readonly adopted: readonly string[]
  }): Promise<readonly LockfileMovement[]>
  unpublishedReferences(tree: FileTree, packages: readonly string[]): Promise<readonly UnpublishedReference[]>
  releaseAgeGates(tree: FileTree, packageName: string): Promise<readonly ReleaseAgeGate[]>
}
