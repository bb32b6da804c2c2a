import type {
  Clock,
  CommitId,
  EmitEvent,
  ForgeRequests,
  Identity,
  Override,
  PlannedPackage,
  PreflightRow,
} from '@conduct/core'
import type { Command, Consumer, LanesConfig, Repo, Train } from '@conduct/config'
import type {
  Adopter,
  DiscoveredPackage,
  FileTree,
  LockedPackage,
  Packed,
  Publisher,
} from '@conduct/ecosystems'
import type { RepoAtForge } from '@conduct/forge'
import type { Mirror } from '@conduct/git'
import type { Lanes, Store } from '@conduct/lanes/engine'
import type { runCommand } from '@conduct/subprocess'
import type { Redact } from './redacted.ts'

/** Everything a train's phases share. Made once per command by `openTrain`; nothing in it is global. */
export interface TrainContext {
  readonly config: LanesConfig
  /** Commit of the governing lanes.yaml at its repository's remote main; null outside any repository with a remote. */
  readonly configCommit: CommitId | null
  readonly configHash: string
  /** Absolute path of the lanes.yaml that was found. */
  readonly configPath: string
  readonly trainName: string
  readonly train: Train
  readonly store: Store
  readonly lanes: Lanes
  readonly identity: Identity
  readonly clock: Clock
  readonly emit: EmitEvent
  /** Mirrors and tarballs; may be deleted at any time between runs. */
  readonly cacheDir: string
  /** Reports and other records on this machine. */
  readonly stateDir: string
  readonly runCommand: typeof runCommand
  /** The private mirror of a declared repo, opened once per command. */
  readonly mirror: (repo: string) => Promise<Mirror>
  /**
   * A declared repo at its forge, opened on the first question; null where it has none.
   *
   * @throws ConductError FORGE_CREDENTIALS, FORGE_REMOTE_UNKNOWN: it has one, and cannot be asked there
   */
  readonly forge: (repo: string) => Promise<RepoAtForge | null>
  /** What this command has asked of forges until now. */
  readonly forgeRequests: () => readonly ForgeRequests[]
  readonly publishers: readonly Publisher[]
  readonly adopters: readonly Adopter[]
  readonly signal: AbortSignal
  /** `conduct` as it was launched, with absolute `-c`: the start of every command that is printed. */
  readonly launcher: string
  /** As in `ConductorOptions`. */
  readonly keyFile?: string
  /** Applied to whatever goes into journals and plans. */
  readonly redact?: Redact
  /** Called at every crash point by name (`publish:acted`); only the crash matrix and `--kill-at` pass one. */
  readonly hit?: HitCrashPoint
}

/** `point` is `<kind>:<position>`; `step` tells several of one kind apart. */
export type HitCrashPoint = (point: string, step: string) => void

/** One repo of the train, frozen. */
export interface FrozenRepo {
  readonly name: string
  readonly repo: Repo
  readonly role: 'producer' | 'consumer'
  readonly mirror: Mirror
  readonly main: string
  readonly commit: CommitId
  readonly tree: FileTree
}

export interface FrozenConsumer extends FrozenRepo {
  readonly role: 'consumer'
  readonly consumer: Consumer
  readonly adopter: Adopter | null
  /** Not declared: `pull_request` where the forge would refuse a push to main. */
  readonly via: 'push' | 'pull_request' | 'none'
  /** What runs at the target now; null: first deploy, nothing is deployed, or nobody can tell. */
  readonly previous: string | null
  /** Why `previous` could not be read, where its command failed; never taken as a first deploy. */
  readonly previousUnknown: string | null
  /** What its manifests and lockfile say of each package of the train, in the order of publication. */
  readonly locked: readonly LockedPackage[]
}

export interface PlannedArtifact extends PlannedPackage {
  readonly discovered: DiscoveredPackage
  readonly publisher: Publisher
  /** What publishes it, where lanes.yaml declares a command; null: its registry's client does. */
  readonly command: Command | null
  /** Somebody here can pack it, to be tried and compared; else only the command knows its bytes. */
  readonly isPacked: boolean
  /** Staged by us and published by a person, instead of published by us. */
  readonly staged: boolean
  readonly timeoutMs: number
  /** The dist-tag that publishing moves and what it stood for when it was surveyed; null: its registry has none. */
  readonly distTag: { readonly name: string; readonly before: string | null } | 'unknown' | null
}

export interface Survey {
  readonly producer: FrozenRepo
  readonly consumers: readonly FrozenConsumer[]
  /** In the order of publication. Empty: a train without a library. */
  readonly artifacts: readonly PlannedArtifact[]
  readonly catchUp: boolean
  readonly leftOut: readonly string[]
}

export interface SurveyOptions {
  readonly only?: readonly string[]
  /** A catch-up train: this version is adopted, nothing is published. */
  readonly version?: string
  /**
   * A run that has begun travels on with the commit it was approved for: the producer is frozen here, not at the
   * head of its main.
   */
  readonly producerCommit?: CommitId
  /**
   * What the plan says of each consumer: what ran at its target when it was made, and how it adopts. Given, targets
   * and forges are not asked again.
   */
  readonly bound?: ReadonlyMap<string, Pick<FrozenConsumer, 'previous' | 'via'>>
}

export type PreflightMatrix = ReadonlyMap<string, readonly PreflightRow[]>

export interface PreflightOptions {
  readonly overrides: readonly Override[]
  /**
   * `name@version` of what this very run has published, or may have (`resume --replan`): live or tagged at the
   * producer's frozen commit is green for these.
   */
  readonly publishedByThisRun?: ReadonlySet<string>
}

/** What the check phase made; publish sends exactly these bytes. */
export interface CheckedArtifact extends PlannedArtifact {
  /** Null where nobody here can pack it. */
  readonly packed: Packed | null
}

/** Only a command publishes what nobody here can pack. */
export function packedOf({ name, packed }: CheckedArtifact): Packed {
  if (packed === null) throw new Error(`invariant broken: ${name} was packed before it is sent`)
  return packed
}
