import { identifyFile } from '../identity/file-identity.ts'

/** Whether the planner reads a file: by its name it is a migration. */
export function isMigration(path: string): boolean {
  return identifyFile(path) !== null
}

/** Whether it says the version of Rails. */
export function isLockfile(path: string): boolean {
  return path === 'Gemfile.lock'
}

/** Whether it is what migrations have led to: `schema.rb`, `structure.sql`. */
export function isSchemaFile(path: string): boolean {
  return /(?:^|\/)db\/(?:schema\.rb|structure\.sql)$/.test(path)
}
