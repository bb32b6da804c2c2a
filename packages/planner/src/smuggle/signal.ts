import type { SourceLine } from '../model/operation.ts'

/** A way in which a change of the schema travels without anybody having asked for the lane. */
export type SmuggleKind =
  /** A migration or a schema file changed, and the ticket is not flagged. */
  | 'unflagged'
  /** The schema file is not what the migrations lead to: it has more, or less. */
  | 'schema_differs'
  /** Another version of a library that brings migrations along. */
  | 'dependency_migrations'
  /** Statements of the schema where nobody looks for them: rake tasks, seeds, initializers, or `execute`. */
  | 'hidden_ddl'
  /** A model that the schema is made from changed, and its migration is not there. */
  | 'model_without_migration'
  /** The schema of another database, which the lane's triggers may not name. */
  | 'secondary_schema'

export interface Smuggled {
  readonly kind: SmuggleKind
  readonly place: SourceLine
  /** A sentence. */
  readonly why: string
  /** What to do about it: a sentence. */
  readonly remedy: string
}

export interface ChangedText {
  readonly path: string
  /** Null for a file that is new. */
  readonly before: string | null
  /** Null for a file that is gone. */
  readonly after: string | null
}

export interface SmuggleInput {
  readonly changes: readonly ChangedText[]
  /** Whether the ticket says that it changes the schema; null where nobody can know. */
  readonly isFlagged: boolean | null
  /** The schema file that there is where these changes started from; null without one. */
  readonly schemaFile: string | null
  /** Origins of the migrations that were copied from libraries: what these say of their own, `shop_engine`. */
  readonly origins: readonly string[]
}

export interface SmuggleFindings {
  readonly signals: readonly Smuggled[]
  /** What could not be compared, and why: silence about it means nothing. */
  readonly unknown: readonly string[]
}

export interface TicketSmuggled extends SmuggleFindings {
  readonly ticket: string
}
