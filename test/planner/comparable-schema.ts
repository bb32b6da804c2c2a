import { schemaLines, type Schema } from '@conduct/planner'

/**
 * The lines of a schema without what a dump of Rails leaves out: sequences behind keys, and names that it made up and
 * would make up anew.
 */
export function comparableLines(schema: Schema, rails = Number.POSITIVE_INFINITY): readonly string[] {
  return (
    schemaLines(schema)
      .filter((line) => !line.startsWith('sequence '))
      .filter((line) => !undumped.some(([since, pattern]) => rails < since && pattern.test(line)))
      // After something opaque, what an operation has taken away is remembered: no dump says it.
      .filter((line) => !line.endsWith(' is gone'))
      // What a table says beside its parts is written in too many ways.
      .filter((line) => !/^aspect [^ ]+\.options /.test(line))
      .map((line) => (rails < collationsSince ? line.replace(/"more":"[a-z0-9_]+",/, '') : line))
      // A migration names its view; what it selects stands in a file of its own.
      .map((line) => line.replace(/^(view \S+) .*$/, '$1'))
      .map((line) => line.replace(/^(constraint [\w.]+\.)(fk|chk|excl)_rails_[0-9a-f]{10} /, '$1$2 '))
      .toSorted()
  )
}

/** A dump says what a column sorts by since then. */
const collationsSince = 5

/** By the version of Rails that dumps it first. */
const undumped: readonly (readonly [since: number, line: RegExp])[] = [
  [6.1, /^constraint .*"constraint":"check"/],
  [7.1, /^constraint .*"constraint":"(?:unique|exclusion)"/],
  [7, /^enum /],
  // An index over an expression.
  [5, /^index .*"elements":\[[^\]]*"\(/],
]
