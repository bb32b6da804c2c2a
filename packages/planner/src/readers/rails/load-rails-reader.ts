import { ConductError } from '@conduct/core'

import type { RailsReader, RailsReaderOptions } from './read-rails.ts'

/**
 * Loads the reader with the parser that it stands on, on the first call: a conduct without that package does everything else.
 *
 * @throws ConductError READER_MISSING  it is not installed.
 */
export async function loadRailsReader(options: RailsReaderOptions = {}): Promise<RailsReader> {
  const reader = await importReader()
  return reader.loadRailsReader(options)
}

async function importReader() {
  try {
    return await import('./read-rails.ts')
  } catch (cause) {
    throw new ConductError(
      'READER_MISSING',
      'The parser of Ruby, the package @ruby/prism, cannot be loaded.',
      {
        hint: 'Install it beside conduct: npm install @ruby/prism@1',
        cause,
      },
    )
  }
}
