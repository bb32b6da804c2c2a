import type { Action } from '@conduct/config'
import type { CommandReading } from './shell/read-command.ts'

/** What somebody is about to do, or has done: one repository's paths, and whatever else triggers look at. */
export interface Change {
  /** As lanes.yaml calls it; null: none of those it declares. */
  readonly repo: string | null
  /** For lanes with one resource per project; null: nobody said. */
  readonly project: string | null
  /** From the top of the repository, with `/`. */
  readonly paths: readonly string[]
  readonly flags: readonly string[]
  readonly commands: readonly { readonly line: string; readonly reading: CommandReading }[]
  readonly actions: readonly Action[]
}

/** Why a lane is needed: the rule of lanes.yaml, and what it matched. */
export interface Because {
  /** `smuggled`: the rule is the kind of it, the match its place. */
  readonly kind: 'path' | 'flag' | 'command' | 'action' | 'smuggled'
  readonly rule: string
  readonly match: string
  /** False: it could not be resolved, and was judged as if it were. */
  readonly isCertain: boolean
}

export interface Need {
  readonly lane: string
  /** What a claim has to cover; null: one resource of several, and nobody can say which. */
  readonly resources: readonly string[] | null
  readonly because: readonly Because[]
}
