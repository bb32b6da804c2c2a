import { schemaLines, type Schema } from '@conduct/planner'

/**
 * The lines of a schema without what a dump of Rails leaves out: sequences behind keys, and names that it made up and
 * would make up anew.
 */
export function comparableLines(schema: Schema): readonly string[] {
  return schemaLines(schema)
    .filter((line) => !line.startsWith('sequence '))
    .map((line) => line.replace(/^(constraint [\w.]+\.)(fk|chk|excl)_rails_[0-9a-f]{10} /, '$1$2 '))
    .toSorted()
}
