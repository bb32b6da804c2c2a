/**
 * What changes the schema on the sly: found in the texts of a change, before and after.
 *
 * Promise: pure, the same for every order of the changes, and each signal says where, why and what to do. What a library brings
 * along is known by its name only. Statements are looked for in Ruby, JavaScript, TypeScript, Python and SQL.
 */
import type { SqlEngine } from '../readers/engine.ts'
import { compareText } from '../model/compare.ts'
import { isDjangoModels, isMigration, isSchemaFile } from '../readers/file-kinds.ts'
import { loadMigrationReader } from '../readers/read-migrations.ts'
import { loadDjangoModelsReader } from '../readers/django/load-models.ts'
import { dependencyBumps } from './dependencies.ts'
import { djangoModels } from './django-models.ts'
import { loadHiddenDdl } from './hidden-ddl.ts'
import { modelsWithoutMigration } from './models.ts'
import { prismaModels } from './prisma-models.ts'
import { schemaDifferences, type SchemaComparison } from './schema-differs.ts'
import type { ChangedText, Smuggled, SmuggleFindings, SmuggleInput } from './signal.ts'
import { isSecondarySchema } from './worth-reading.ts'

export type FindSmuggled = (input: SmuggleInput) => SmuggleFindings

const nothing: SchemaComparison = { signals: [], unknown: [] }

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
  const reader = paths.length === 0 ? null : await loadMigrationReader(read, { engine })
  const hiddenDdl = await loadHiddenDdl(paths, engine)
  const django = paths.some(isDjangoModels) ? await loadDjangoModelsReader() : null
  return (input) => {
    const changes = [...input.changes].sort((one, other) => compareText(one.path, other.path))
    const compared = reader === null ? nothing : schemaDifferences(reader, { ...input, changes })
    const hidden = changes.map(hiddenDdl)
    const prisma = reader === null ? { ...nothing, compared: [] } : prismaModels(reader, changes)
    const models = djangoModels(django, changes)
    const told = new Set([...prisma.compared, ...models.compared])
    const others = changes.filter((each) => !told.has(each.path))
    const signals = [
      ...(input.isFlagged === false ? changes.flatMap(unflagged) : []),
      ...compared.signals,
      ...dependencyBumps(changes, input.origins),
      ...hidden.flatMap((each) => each.signals),
      ...prisma.signals,
      ...models.signals,
      ...modelsWithoutMigration(others),
      ...changes.flatMap(secondarySchema),
    ]
    return {
      signals: signals.sort(byPlace),
      unknown: [
        ...compared.unknown,
        ...prisma.unknown,
        ...models.unknown,
        ...hidden.flatMap((each) => each.unknown),
      ],
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
