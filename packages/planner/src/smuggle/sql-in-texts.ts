import type { SqlReader } from '../readers/sql/read-sql.ts'
import { foundAmong, type Found } from './found.ts'

/** A text of a program, with what is filled in at run time as a name. */
export interface ProgramText {
  readonly text: string
  readonly line: number
  /** Whether it is handed to what runs statements, by its name. */
  readonly isRun: boolean
}

/** What is filled in at run time stands as a name: most often it is one. */
export const filledIn = 'filled_in'

/** Methods, functions and tags that hand a text to a server. */
export const running =
  /^\$?(?:query|queryRaw|queryRawUnsafe|executeRaw|executeRawUnsafe|execute|exec|executescript|executemany|exec_driver_sql|raw|run|sql|unsafe|prepare|text|none|any|one|RunSQL)$/

const beginning = /^\s*(?:--[^\n]*\n\s*)*(?:CREATE|ALTER|DROP|REINDEX|COMMENT ON|DO)\b/
const anyCase = new RegExp(beginning.source, 'i')

/** Whether a file is worth the parser of its language: most have no statement of the schema in them. */
export function mayHoldDdl(text: string): boolean {
  return /\b(?:create|alter|drop|reindex|comment\s+on)\s+[a-z]|\.schema\b|\bDO\s+\$/i.test(text)
}

/** In capitals anywhere; as they come where they are run. What is no SQL after all is nothing. */
export function sqlInTexts(sql: SqlReader, path: string, texts: readonly ProgramText[]): readonly Found[] {
  return texts.flatMap(({ text, line, isRun }) => {
    if (!(isRun ? anyCase : beginning).test(text)) return []
    const read = sql({ file: path, text }).operations
    const found = foundAmong(read, () => line)
    if (found.length > 0 || !isRun || read.every((each) => each.kind !== 'opaque')) return found
    return [{ line, what: text.trim().split(/\s+/).slice(0, 4).join(' ') }]
  })
}
