import { loadRailsReader } from '../readers/rails/load-rails-reader.ts'
import type { SchemaFiles, SchemaFileTicket } from './schema-file.ts'

/**
 * `schema.rb` after each ticket of a batch; see `mergeSchemaFiles`.
 *
 * @throws ConductError READER_MISSING  the parser of Ruby is not installed.
 */
export async function writeSchemaFiles(
  base: string,
  tickets: readonly SchemaFileTicket[],
): Promise<SchemaFiles> {
  // First the reader, which says it when the parser is not there.
  await loadRailsReader()
  const { mergeSchemaFiles } = await import('./schema-file.ts')
  return mergeSchemaFiles(base, tickets)
}
