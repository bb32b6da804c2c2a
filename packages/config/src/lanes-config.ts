/**
 * lanes.yaml, decoded and with every default filled in; camelCase, durations in milliseconds.
 * The keys of the maps are the names in the file; maps keep its order.
 */
export interface LanesConfig {
  readonly estate: string
  readonly store: string
  readonly projects: readonly string[]
  readonly people: ReadonlyMap<string, Person>
  readonly repos: ReadonlyMap<string, Repo>
  readonly lanes: ReadonlyMap<string, LaneConfig>
  readonly candidates: ReadonlyMap<
    string,
    { readonly paths: readonly string[]; readonly incidents: readonly string[] }
  >
  readonly trains: ReadonlyMap<string, Train>
  /** Null: in the store. Else the issues of a repo at its forge, whose states are these labels. */
  readonly tasks: { readonly repo: string; readonly states: readonly string[] } | null
  readonly notify: { readonly command: Command } | { readonly url: string } | null
}

export interface Person {
  readonly kind: 'person' | 'agent'
  readonly signingKey: string | null
  readonly forge: string | null
}

/** A string in the file is split into words; no shell unless `shell:` says so. */
export type Command = { readonly argv: readonly string[] } | { readonly shell: string }

export interface Repo {
  readonly remote: string
  /** As written; relative paths are relative to the folder of lanes.yaml. */
  readonly path: string | null
  /** Null: the remote's default branch. */
  readonly main: string | null
  readonly forge: { readonly kind: 'none' } | { readonly kind: 'github'; readonly url: string | null } | null
  readonly setup: readonly Command[]
  readonly checks: readonly Command[]
  readonly env: readonly string[]
}

export interface LaneConfig {
  readonly purpose: string
  readonly scope: 'global' | 'repo' | 'repo_set' | 'project'
  readonly limit: number
  readonly order: 'strict' | 'eager' | { readonly bounded: number }
  readonly whenHeld: 'queue' | 'skip' | 'fail'
  readonly lease: { readonly ttlMs: number; readonly renewMs: number; readonly marginMs: number }
  readonly waiting: { readonly ttlMs: number; readonly max: number; readonly acceptMs: number }
  readonly takeoverDelayMs: number
  readonly captains: readonly string[]
  /** Null: everybody may hold. */
  readonly holders: readonly string[] | null
  readonly triggers: Triggers
  /** Null: `approval: none` was written. */
  readonly approval: ApprovalRule | null
  readonly batching: {
    readonly dialect: string
    readonly densityWarning: number
    readonly maxChanges: number
    readonly riskPerTurn: number
    /** A file of the repo with the rows by table. */
    readonly statistics: string | null
    readonly verify: Command | null
  } | null
  readonly justification: {
    readonly incidents: readonly string[]
    readonly irreversible: boolean
    readonly signedOffBy: string
  } | null
  readonly use: 'rails_migrations' | 'sql_migrations' | 'release_train' | null
  readonly storePolicy: 'closed' | 'open'
}

export type Action = 'publish' | 'adopt' | 'deploy' | 'provider_config' | 'env_var'

export interface Triggers {
  readonly flags: readonly string[]
  readonly paths: readonly string[]
  readonly commands: readonly string[]
  readonly actions: readonly Action[]
  /** Null: every repo. */
  readonly repos: readonly string[] | null
}

export interface ApprovalRule {
  readonly actions: readonly Action[]
  readonly by: readonly string[]
  readonly signed: boolean
  readonly via: 'cli' | 'forge'
  /** With `forge`: the issue or pull request where it is given; null: one issue per plan, at the producer. */
  readonly issue: { readonly repo: string; readonly number: number } | null
  readonly expiresMs: number
  readonly requesterMayApprove: boolean
  readonly whileWaiting: 'park' | 'hold'
}

export interface Train {
  readonly lane: string
  readonly acceptUnknown: readonly string[]
  readonly producer: {
    readonly repo: string
    /** `infer`: from the manifests of the producer at its frozen commit. */
    readonly publish: 'infer' | readonly Publish[] | { readonly workflow: string }
  }
  readonly consumers: readonly Consumer[]
  readonly onConsumerFailure: 'stop_all' | 'stop_new' | 'continue'
  readonly blockingLabel: string | null
  readonly forgeRelease: boolean
}

export interface Publish {
  /** Null: the name in the manifest. */
  readonly package: string | null
  readonly ecosystem: string | null
  readonly registry: string | null
  readonly staged: boolean
  /** Template; null: `v{version}` for a single package, `<name>-v{version}` for several. */
  readonly tag: string | null
  readonly timeoutMs: number
  readonly command: Command | null
  readonly observe: Command | null
}

export interface Consumer {
  readonly repo: string
  readonly after: readonly string[]
  readonly adopt: {
    /** Null: detected from the lockfile. */
    readonly manager: string | null
    /** Null: pull request where `main` is protected, else push. */
    readonly via: 'pull_request' | 'push' | 'none' | null
    /** How long checks of the adoption and the merge of a pull request are waited for. */
    readonly withinMs: number
    readonly command: Command | null
    readonly observe: Command | null
  }
  readonly configure: readonly Configure[]
  readonly onMove: 'retry' | 'stop'
  readonly deploy: Deploy
}

export interface Configure {
  readonly name: string
  readonly action: 'provider_config' | 'env_var'
  readonly observe: Command
  readonly expect: readonly string[]
  readonly goal: string
  readonly apply: Command
  readonly undo: Command | null
  readonly secret: boolean
}

export type DeployStrategy =
  | { readonly kind: 'command'; readonly run: Command }
  | { readonly kind: 'git_push'; readonly remote: string; readonly branch: string }
  | {
      readonly kind: 'github_workflow'
      readonly file: string
      readonly inputs: Readonly<Record<string, string>>
    }
  | { readonly kind: 'none' }

export interface Deploy {
  readonly strategy: DeployStrategy
  readonly previous: Command | null
  readonly rollback: Command | null
  readonly onFailedVerify: 'offer' | 'automatic'
  readonly after: readonly Command[]
  readonly verify: Verify | null
  readonly timeoutMs: number
}

export interface Verify {
  readonly url: string
  /** Values are templates; `json` compares each named field of the answer, `text` the whole trimmed body. */
  readonly expect: { readonly json: Readonly<Record<string, string>> } | { readonly text: string }
  readonly reads: number
  readonly withinMs: number
}
