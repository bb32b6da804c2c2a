import type { runCommand } from '@conduct/subprocess'
import type { Staging } from './staging.ts'
import type { Withdrawal } from './withdrawal.ts'

export type * from './adopter-port.ts'
export type * from './staging.ts'
export type * from './withdrawal.ts'

/**
 * Other people's manifests, lockfiles and registries. Two interfaces, one small file per adapter
 * (`publishers/{npm,pnpm,rubygems}.ts`, `adopters/{npm,pnpm,yarn,yarn-classic,bundler}.ts`), each with a conformance
 * suite run against a real registry.
 *
 * Errors: REGISTRY_UNREACHABLE (30), PUBLISH_* and ADOPT_* as in `core/src/codes/ecosystems.ts`.
 */

/** Files of a repository at one commit, or of a folder; paths from its top with `/`. */
export interface FileTree {
  readFile(path: string): Promise<string | null>
  listFiles(): Promise<readonly string[]>
  /** True for a file that is known to be executable; absent, or false, where only a look at the file tells. */
  readonly isExecutable?: (path: string) => Promise<boolean>
  /** These files in a folder, for what only a program can read; a tree held in memory has none. */
  readonly open?: () => Promise<AsyncDisposable & { readonly path: string }>
}

export type Ecosystem = 'npm' | 'rubygems'

/** Everything an adapter needs of the outside. */
export interface EcosystemContext {
  readonly runCommand: typeof runCommand
  readonly signal?: AbortSignal
  readonly secrets?: readonly string[]
  /** Names of environment variables that lanes.yaml passes through for this repo. */
  readonly passEnv?: readonly string[]
  /** As in `RepositoryPlace`. */
  readonly declaredRegistries?: readonly string[]
  /** Kept between calls for what package managers may reuse (their stores and their own versions), never for
   *  what a registry says about versions. Without it every call starts empty. */
  readonly cacheDir?: string
}

export interface DiscoveredPackage {
  readonly name: string
  readonly version: string
  /** Folder of the manifest, `.` for the top. */
  readonly directory: string
  readonly isPrivate: boolean
  /** From `publishConfig.registry`, a scoped or plain registry of the repo's .npmrc, else the public one. */
  readonly registry: string
  /** Names of other discovered packages it needs. */
  readonly needs: readonly string[]
  /** What of them it needs once it is installed. Absent: nothing, as far as manifests tell. */
  readonly siblings?: readonly NeededSibling[]
}

export interface NeededSibling {
  readonly name: string
  readonly registry: string
  /** As whoever installs the published package sees it; `*`: any version. */
  readonly range: string
}

/** What the surface that resolvers read says about one version. Three values, never two. */
export type ObservedVersion =
  /** `tarball` is null where bytes cannot be fetched. */
  | { readonly state: 'present'; readonly integrity: string; readonly tarball: string | null }
  | { readonly state: 'absent'; readonly latest: string | null; readonly versions: readonly string[] }
  | { readonly state: 'unknown'; readonly reason: string }

export interface Packed {
  readonly path: string
  /** SRI, `sha512-…`. */
  readonly integrity: string
  readonly sizeBytes: number
}

/** From which commit a version was built, as its provenance says; `absent`: it has none about these bytes. */
export type ObservedProvenance =
  | { readonly state: 'present'; readonly commit: string; readonly source: string }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly reason: string }

/** With what kind of credential publishing would go out; never the credential itself. */
export type PublishCredential =
  | { readonly kind: 'none' }
  /** The CI system offers an identity; whether the registry trusts it shows when it publishes. */
  | { readonly kind: 'trusted' }
  | {
      readonly kind: 'granular'
      /** Null: the registry does not say. */
      readonly bypasses2fa: boolean | null
      readonly isReadOnly: boolean
      readonly expiresAt: string | null
    }
  /** A login of a person, for a few hours; publishing asks for the second factor. */
  | { readonly kind: 'session' }
  | { readonly kind: 'classic' }
  | { readonly kind: 'password' }
  | { readonly kind: 'unknown'; readonly reason: string }

/** Whether we may publish one package; `new`: the registry has never seen it. */
export type PublishRight =
  | { readonly right: 'yes' | 'no'; readonly because: string }
  | { readonly right: 'new' }
  | { readonly right: 'unknown'; readonly reason: string }

export interface RightQuestion {
  readonly package: string
  readonly registry: string
  /** Who the registry says we are; null: nobody. */
  readonly account: string | null
  readonly signal?: AbortSignal
}

/** Where the repository's own settings are read, as for publishing. */
export interface RepositoryPlace {
  readonly worktree: string
  /** As in `EcosystemContext`: what these settings may ask for, besides the usual variables of a token. */
  readonly passEnv?: readonly string[]
  /**
   * Registries that lanes.yaml names: to these and to the ecosystem's public one go tokens of our environment
   * (NPM_TOKEN, NODE_AUTH_TOKEN, GEM_HOST_API_KEY), to no other that the repository names.
   */
  readonly declaredRegistries?: readonly string[]
}

/** What a repository's own settings are held against. */
export type Granted = Pick<RepositoryPlace, 'passEnv' | 'declaredRegistries'>

/** Settings of a repository ask for a variable that was not given to it. */
export interface RefusedVariable {
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly setting: string
  readonly variable: string
}

/** How a repository wants its registry to be reached, which a client that carries credentials does not follow. */
export type LeftOutSetting = Omit<RefusedVariable, 'variable'>

export interface PublishOptions {
  readonly tarball: string
  readonly package: DiscoveredPackage
  readonly worktree: string
  readonly distTag: string
  readonly timeoutMs: number
  readonly context: EcosystemContext
}

export interface Publisher {
  /** `command`: whatever the train publishes by commands of its own. */
  readonly ecosystem: Ecosystem | 'command'
  readonly tool: 'npm' | 'pnpm' | 'gem' | 'command'
  /** Absent where the registry knows no dist-tags and no deprecation. */
  readonly withdrawal?: Withdrawal
  matches(tree: FileTree): Promise<boolean>
  /** Version of the tool on this machine, or null when it is missing. */
  version(context: EcosystemContext, worktree: string): Promise<string | null>
  /** Publishable packages in dependency order. @throws ConductError PUBLISH_CYCLE with the cycle shown. */
  discover(tree: FileTree, passEnv?: readonly string[]): Promise<readonly DiscoveredPackage[]>
  /** Packs the built worktree; the tarball lands in `outDir`. No publish lifecycle runs twice. */
  pack(options: {
    readonly worktree: string
    readonly package: DiscoveredPackage
    readonly outDir: string
    readonly context: EcosystemContext
  }): Promise<Packed>
  /** Reads the packument with a fresh cache, and that the tarball is served. */
  observe(options: {
    readonly package: string
    readonly version: string
    readonly registry: string
    readonly signal?: AbortSignal
  }): Promise<ObservedVersion>
  /**
   * Fetches a published tarball, as somebody who may read it.
   * @param options.url as it was observed.
   * @throws ConductError REGISTRY_UNREACHABLE  it was not served, or is not what was promised.
   */
  download(options: {
    readonly url: string
    readonly integrity: string
    readonly file: string
    readonly signal?: AbortSignal
  }): Promise<Packed>
  /** Who the registry thinks we are; null: nobody (no credentials). */
  whoAmI(options: {
    readonly registry: string
    readonly worktree: string
    readonly context: EcosystemContext
  }): Promise<string | null>
  /**
   * Publishes exactly this tarball, create-only. Credentials: the user's own npm configuration reaches this call only.
   * @throws ConductError PUBLISH_CONFLICT the version is taken (compare integrity), PUBLISH_AUTH, PUBLISH_OTP,
   *   REGISTRY_UNREACHABLE the outcome is unknown.
   */
  publish(options: PublishOptions): Promise<void>
  /** Asks the registry, and writes nothing. Absent: nobody can be asked. */
  publishRight?(options: Partial<RepositoryPlace> & RightQuestion): Promise<PublishRight>
  /** Absent: nothing is known of this ecosystem's kinds of credentials. */
  credential?(
    options: Partial<RepositoryPlace> & { readonly registry: string; readonly signal?: AbortSignal },
  ): Promise<PublishCredential>
  /**
   * What the repository's own settings ask for, is set here, and was not given to it. Absent: its settings ask for
   * nothing.
   */
  refusedVariables?(tree: FileTree, granted: Granted): Promise<readonly RefusedVariable[]>
  /** A proxy of the repository's own settings, where the user's name none. Absent: its settings name none. */
  leftOutSettings?(tree: FileTree): Promise<readonly LeftOutSetting[]>
  /** Absent: this ecosystem knows no provenance. */
  provenance?(options: {
    readonly package: string
    readonly version: string
    readonly registry: string
    /** Of the version as it is served. */
    readonly integrity: string
    readonly signal?: AbortSignal
  }): Promise<ObservedProvenance>
  /** Absent: this ecosystem knows no staging. */
  readonly staging?: Staging
}
