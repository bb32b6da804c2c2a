import type { SchemaComparison } from './schema-differs.ts'
import type { ChangedText } from './signal.ts'

export interface ModelComparison extends SchemaComparison {
  /** The files whose models have been compared by what they declare. */
  readonly compared: readonly string[]
}

/** @param compare null: the file has no models, or none that could be read */
export function compareEach(
  changes: readonly ChangedText[],
  compare: (change: ChangedText) => SchemaComparison | null,
): ModelComparison {
  const all = changes.flatMap((change) => {
    const found = compare(change)
    return found === null ? [] : [{ ...found, path: change.path }]
  })
  return {
    compared: all.map(({ path }) => path),
    signals: all.flatMap(({ signals }) => signals),
    unknown: all.flatMap(({ unknown }) => unknown),
  }
}
