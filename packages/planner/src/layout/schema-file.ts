/**
 * `schema.rb` as it is after each ticket of a batch: what their branches made of it, merged one after another, under the versions of
 * the batch. What cannot be shown is said, never guessed: then the app's own migration command writes the file.
 */
import { loadPrism } from '../readers/rails/ruby/load-prism.ts'
import { loadSchemaMerger } from '../schema-merge/merge-schema.ts'
import { readLayout, versionMark } from '../schema-merge/read-layout.ts'

export interface SchemaFileTicket {
  readonly ticket: string
  /** Where its branch left the base. */
  readonly before: string
  /** On its branch. */
  readonly after: string
  /** The last of its versions in the batch. */
  readonly version: string
}

export type SchemaFiles =
  | {
      readonly outcome: 'merged'
      readonly texts: readonly { readonly ticket: string; readonly text: string }[]
    }
  | { readonly outcome: 'refused'; readonly ticket: string; readonly because: string }

/** @throws ConductError READER_MISSING  a parser is not installed. */
export async function mergeSchemaFiles(
  base: string,
  tickets: readonly SchemaFileTicket[],
): Promise<SchemaFiles> {
  const [merge, parse] = await Promise.all([loadSchemaMerger(), loadPrism()])
  const withVersion = (text: string, version: string): string | null => {
    const read = readLayout(parse, text)
    if (read.outcome === 'refused' || read.layout.version === null) return null
    const { preamble, opening, version: old } = read.layout
    const line = opening.replace(versionMark, old)
    const written = old.includes('_') ? spelled(version) : version
    return `${preamble}${opening.replace(versionMark, written)}${text.slice(preamble.length + line.length)}`
  }
  let text = base
  const texts: { ticket: string; text: string }[] = []
  for (const { ticket, before, after, version } of tickets) {
    const theirs = withVersion(after, version)
    if (theirs === null)
      return { outcome: 'refused', ticket, because: 'its schema file does not say one version' }
    const merged = merge({ base: before, ours: text, theirs })
    if (merged.outcome === 'refused') {
      return { outcome: 'refused', ticket, because: merged.problems.map((each) => each.problem).join('; ') }
    }
    ;({ text } = merged)
    texts.push({ ticket, text })
  }
  return { outcome: 'merged', texts }
}

/** As Rails writes a time stamp since 5.2. */
function spelled(version: string): string {
  return version.replace(/^(\d{4})(\d{2})(\d{2})(\d{6})$/, '$1_$2_$3_$4')
}
