/**
 * What changes the schema on the sly: found in the texts of a change, before and after.
 *
 * Promise: pure, the same for every order of the changes, and each signal says where, why and what to do. What a library brings
 * along is known by its name only. Statements are looked for in Ruby, JavaScript, TypeScript, Python and SQL.
 */
import type { SqlEngine } from '../readers/engine.ts'
import { compareText } from '../model/compare.ts'
import { isMigration, isSchemaFile, loadMigrationReader } from '../readers/read-migrations.ts'
import { dependencyBumps, isDependencyFile } from './dependencies.ts'
import { loadHiddenDdl, mayHideDdl } from './hidden-ddl.ts'
import { isModelFile, modelsWithoutMigration } from './models.ts'
import { prismaModels } from './prisma-models.ts'
import { schemaDifferences, type SchemaComparison } from './schema-differs.ts'
import type { ChangedText, Smuggled, SmuggleFindings, SmuggleInput } from './signal.ts'
import { mayHoldDdl } from './sql-in-texts.ts'

export type FindSmuggled = (input: SmuggleInput) => SmuggleFindings

/** Whether a file can say anything of this: the others need not be read. */
export function mayBeSmuggled(path: string): boolean {
  return [isMigration, isSchemaFile, isSecondarySchema, isDependencyFile, isModelFile, mayHideDdl].some(
    (test) => test(path),
  )
}

/** Ruby: what hands a text to a server, and what changes the schema by its name. */
const rubyWords =
  /\b(?:execute|exec|exec_\w+|async_exec|query|select_all|select_value)\b|\b(?:create|drop|change|rename|add|remove|enable|disable)_/
const programFile = /\.(?:rb|rake|thor|ru|py|[cm]?[jt]sx?)$|(?:^|\/)(?:Rakefile|Thorfile)$/
const djangoModels = /(?:^|\/)models(?:\.py|\/[^/]+\.py)$/

/** Whether a change is worth a parser: a program without a word of the schema, before and after, can be none of this. */
export function isWorthReading({ path, before, after }: ChangedText): boolean {
  if (!mayBeSmuggled(path)) return false
  const isProgram = programFile.test(path) && !djangoModels.test(path)
  if (!isProgram || isMigration(path) || isSchemaFile(path) || isSecondarySchema(path)) return true
  const isRuby = /\.(?:rb|rake|thor|ru)$|(?:^|\/)(?:Rakefile|Thorfile)$/.test(path)
  const holds = (text: string): boolean =>
    isRuby ? rubyWords.test(text) : mayHoldDdl(text) || text.includes('drizzle-orm')
  return [before, after].some((text) => text !== null && holds(text))
}

/**
 * Loads the parsers that these files need.
 *
 * @param options.engine which server statements are for; default: Postgres.
 * @throws ConductError READER_MISSING  one is not installed.
 */
export async function loadSmuggleFinder(
  paths: readonly string[],
  { engine = 'postgres' }: { readonly engine?: SqlEngine } = {},
): Promise<FindSmuggled> {
  const read = paths.filter((path) => isMigration(path) || isSchemaFile(path))
  const reader = await loadMigrationReader(read, { engine })
  const hiddenDdl = await loadHiddenDdl(paths, engine)
  return (input) => {
    const changes = [...input.changes].sort((one, other) => compareText(one.path, other.path))
    const compared: SchemaComparison = schemaDifferences(reader, { ...input, changes })
    const hidden = changes.map(hiddenDdl)
    const prisma = prismaModels(reader, changes)
    const others = changes.filter((each) => !prisma.compared.includes(each.path))
    const signals = [
      ...(input.isFlagged === false ? changes.flatMap(unflagged) : []),
      ...compared.signals,
      ...dependencyBumps(changes, input.origins),
      ...hidden.flatMap((each) => each.signals),
      ...prisma.signals,
      ...modelsWithoutMigration(others),
      ...changes.flatMap(secondarySchema),
    ]
    return {
      signals: signals.sort(byPlace),
      unknown: [...compared.unknown, ...prisma.unknown, ...hidden.flatMap((each) => each.unknown)],
    }
  }
}

function byPlace(one: Smuggled, other: Smuggled): number {
  return (
    compareText(one.place.file, other.place.file) ||
    one.place.line - other.place.line ||
    compareText(one.kind, other.kind) ||
    compareText(one.why, other.why)
  )
}

function unflagged({ path }: ChangedText): readonly Smuggled[] {
  if (!isMigration(path) && !isSchemaFile(path) && !isSecondarySchema(path)) return []
  const what = isMigration(path) ? 'A migration' : 'The schema file'
  return [
    {
      kind: 'unflagged',
      place: { file: path, line: 1 },
      why: `${what} changed, and the ticket does not say that it changes the schema.`,
      remedy: 'Flag the ticket and take the migration lane, or take the file back.',
    },
  ]
}

const secondary = /(?:^|\/)(?:\w+_(?:schema\.rb|structure\.sql)|schema\.rb|structure\.sql)$/

/** A dump that is not the one the planner reads: of a second database, or of an engine's dummy app. */
export function isSecondarySchema(path: string): boolean {
  return secondary.test(path) && !isSchemaFile(path)
}

function secondarySchema({ path }: ChangedText): readonly Smuggled[] {
  if (!isSecondarySchema(path)) return []
  return [
    {
      kind: 'secondary_schema',
      place: { file: path, line: 1 },
      why: 'The schema of another database changed; it is not part of what was planned.',
      remedy: 'Name it in the paths of the migration lane, and plan its migrations, too.',
    },
  ]
}
