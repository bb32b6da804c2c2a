/** Whether a change can smuggle anything, by its path and its words: known without a parser, and before one is loaded. */
import { isDefinition, isDjangoModels, isMigration, isSchemaFile } from '../readers/file-kinds.ts'
import { isDependencyFile } from './dependencies.ts'
import { isModelFile } from './models.ts'
import type { ChangedText, SmuggleInput } from './signal.ts'
import { mayHoldDdl } from './sql-in-texts.ts'

/** Whether a file can say anything of this: the others need not be read. */
export function mayBeSmuggled(path: string): boolean {
  return [
    isMigration,
    isDefinition,
    isSchemaFile,
    isSecondarySchema,
    isDependencyFile,
    isModelFile,
    mayHideDdl,
  ].some((test) => test(path))
}

/** Methods of Ruby that hand a text to the server: what is read with a parser, and what is worth one, go by the same. */
export const rubyRunners = String.raw`execute|exec|exec_(?:query|update|insert|delete|params)|async_exec|query|select_all|select_value`
const runsText = new RegExp(String.raw`\b(?:${rubyRunners})\b`)
/** What changes the schema by its name. */
const changesByName = /\b(?:create|drop|change|rename|add|remove|enable|disable)_/
const programFile = /\.(?:rb|rake|thor|ru|py|[cm]?[jt]sx?)$|(?:^|\/)(?:Rakefile|Thorfile)$/

/** Whether a change is worth a parser: a program without a word of the schema, before and after, can be none of this. */
export function isWorthReading({ path, before, after }: ChangedText): boolean {
  if (!mayBeSmuggled(path)) return false
  const isProgram = programFile.test(path) && !isDjangoModels(path)
  if (!isProgram || isMigration(path) || isSchemaFile(path) || isSecondarySchema(path)) return true
  const isRuby = rubyFile.test(path)
  const holds = (text: string): boolean =>
    isRuby
      ? runsText.test(text) || changesByName.test(text)
      : mayHoldDdl(text) || text.includes('drizzle-orm')
  return [before, after].some((text) => text !== null && holds(text))
}

/**
 * Whose parsers have to be there. A migration is read where a schema file has to say the same; where there is none, only for a
 * text that it hands to the server.
 */
export function pathsToParse({
  changes,
  schemaFile,
}: Pick<SmuggleInput, 'changes' | 'schemaFile'>): readonly string[] {
  const isCompared =
    changes.some(({ path }) => isSchemaFile(path) || isModelFile(path)) || schemaFile !== null
  const isPlain = ({ path, before, after }: ChangedText): boolean =>
    isMigration(path) && path.endsWith('.rb') && !runsText.test(`${before ?? ''}\n${after ?? ''}`)
  return changes.filter((each) => isCompared || !isPlain(each)).map(({ path }) => path)
}

const secondary = /(?:^|\/)(?:\w+_(?:schema\.rb|structure\.sql)|schema\.rb|structure\.sql)$/

/** A dump that is not the one the planner reads: of a second database, or of an engine's dummy app. */
export function isSecondarySchema(path: string): boolean {
  return secondary.test(path) && !isSchemaFile(path)
}

export const rubyFile = /(?:\.(?:rb|rake|thor|ru)|(?:^|\/)(?:Rakefile|Thorfile))$/

export const javaScriptFile = /(?<!\.d|\.min|\.test|\.spec)\.[cm]?[jt]sx?$/
export const pythonFile = /(?<!(?:^|\/)(?:test_\w*|conftest)|_test)\.py$/
const aside = /(?:^|\/)(?:spec|test|tests|__tests__|features)\//
/** Written by a program, or by others; or migrations of tools that are not read here, which are no hiding place. */
const foreign = /(?:^|\/)(?:node_modules|dist|build|vendor|migrations?|alembic|versions)\//

/** Programs and SQL anywhere; what a test does to its own database is nobody's business. */
export function mayHideDdl(path: string): boolean {
  // What a migration runs by its name is as known as the migration.
  if (aside.test(path) || isDefinition(path)) return false
  if (rubyFile.test(path) || path.endsWith('.sql')) return true
  return isOtherProgram(path) && !foreign.test(path)
}

export function isOtherProgram(path: string): boolean {
  return javaScriptFile.test(path) || pythonFile.test(path)
}
