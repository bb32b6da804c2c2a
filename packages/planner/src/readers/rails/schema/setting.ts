import type { SqlReader } from '../../sql/read-sql.ts'
import type { VersionRules } from './version-rules.ts'

export type RailsAdapter = 'postgresql' | 'mysql' | 'sqlite'

/** What the meaning of a migration depends on beside its text. */
export interface RailsSetting {
  readonly adapter: RailsAdapter
  readonly rules: VersionRules
  readonly sql: SqlReader
}
