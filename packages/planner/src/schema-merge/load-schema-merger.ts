import { loadRailsReader } from '../readers/rails/load-rails-reader.ts'
import type { MergeSchemas } from './merge-schema.ts'

/**
 * Loads the merger with the parser that it stands on, on the first call: a conduct without that package does everything else.
 *
 * @throws ConductError READER_MISSING  a parser is not installed.
 */
export async function loadSchemaMerger(): Promise<MergeSchemas> {
  // First the reader, which says it when the parser is not there.
  await loadRailsReader()
  const merger = await import('./merge-schema.ts')
  return merger.loadSchemaMerger()
}
