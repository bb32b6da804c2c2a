import type { Files } from '../repositories/files.ts'

/** A repository with branches that are open: what main has, and what each branch adds or changes. */
export interface MigrationRepository {
  readonly main: Files
  readonly branches: Readonly<Record<string, Files>>
}
