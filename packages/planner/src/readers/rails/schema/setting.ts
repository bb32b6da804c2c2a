import type { SqlReader } from '../../sql/read-sql.ts'
import type { VersionRules } from './version-rules.ts'

export type RailsAdapter = 'postgresql' | 'mysql' | 'sqlite'

/** What the meaning of a migration depends on beside its text. */
export interface RailsSetting {
  readonly adapter: RailsAdapter
  readonly rules: VersionRules
  /** Postgres’, for expressions: what they are made of is the same in the others. */
  readonly sql: SqlReader
  /** Of what `execute` runs. */
  readonly executed: SqlReader
  /** Other files that a migration runs; null for one that is not known. */
  readonly textOf: (path: string) => string | null
}
