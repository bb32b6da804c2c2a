import type { Survey } from '@conduct/ecosystems'

/** The files of a repository at one commit: regular ones only, as data. */
export interface SourceTree {
  readonly files: readonly SourceFile[]
  /** Null: there is none, or it is too big to be what it is taken for. */
  readonly read: (path: string) => Promise<string | null>
}

export interface SourceFile {
  readonly path: string
  readonly isExecutable: boolean
}

/** What was found in one repository. */
export interface RepoFacts {
  /** What lanes.yaml calls it. */
  readonly key: string
  readonly remote: string
  /** It has no remote: its own folder stands for one. */
  readonly isUnshared: boolean
  /** Only where nobody else can tell. */
  readonly main: string | null
  /** The checkout that was looked at, as seen from lanes.yaml; null where a remote was. */
  readonly path: string | null
  readonly isOnGithub: boolean
  readonly survey: Survey
  readonly migrations: readonly MigrationFact[]
  readonly deploys: readonly DeployFact[]
  readonly publishing: readonly WorkflowFact[]
  readonly commands: CommandFacts
  /** What is in the way of knowing more. */
  readonly gaps: readonly Gap[]
}

export interface CommandFacts {
  readonly setup: readonly string[]
  /** Makes what is published, where packing does not. */
  readonly build: string | null
  readonly checks: readonly string[]
  /** Further scripts by whose name they may be checks. */
  readonly perhaps: readonly string[]
  /** The app is configured by its environment. */
  readonly env: readonly string[]
}

export type Dialect = 'rails' | 'postgres' | 'mysql' | 'prisma' | 'drizzle' | 'django' | 'knex'

/** Schema changes of one tool in one repository. */
export interface MigrationFact {
  /** Groups them in one lane. `other`: the planner does not read what this tool writes. */
  readonly kind: Dialect | 'other'
  /** As people call it. */
  readonly tool: string
  /** Patterns of what one of them changes. */
  readonly paths: readonly string[]
  /** Command patterns that begin one. */
  readonly commands: readonly string[]
  /** By where they lie and what else is there; without it, only by their names. */
  readonly isSure: boolean
  /** The way of the app to run them, where the preset's does not fit. */
  readonly verify: string | null
  readonly remark: string | null
}

export interface DeployFact {
  /** The file or the remote that says so. */
  readonly from: string
  /** All of it can be told; without it, it is only proposed. */
  readonly isSure: boolean
  readonly remark: string
  readonly how: DeployHow
  /** The command pattern by which somebody deploys by hand. */
  readonly trigger: string | null
}

export type DeployHow =
  | {
      readonly kind: 'command'
      readonly run: string
      readonly previous: string | null
      readonly rollback: string | null
    }
  | { readonly kind: 'git_push'; readonly remote: string; readonly branch: string }
  | {
      readonly kind: 'github_workflow'
      readonly file: string
      readonly inputs: Readonly<Record<string, string>>
    }

export interface WorkflowFact {
  /** Name in `.github/workflows`. */
  readonly file: string
  /** Why it cannot be dispatched and watched; null when it can. */
  readonly problem: string | null
}

/** What could not be found, and what to do about it. */
export interface Gap {
  /** Null: it is about all of them. */
  readonly repo: string | null
  /** A sentence, without its full stop. */
  readonly what: string
  readonly remedy: string
}

export interface PersonFacts {
  /** As conduct will know who types: the key of `people`. */
  readonly key: string
  /** `user.name` of git. */
  readonly name: string | null
  /** `github.user` of git. */
  readonly forge: string | null
  /** The agent that writes the file for them; null: nobody does. */
  readonly agent: string | null
}

export interface InitFacts {
  readonly estate: string
  readonly person: PersonFacts
  readonly repos: readonly RepoFacts[]
}
