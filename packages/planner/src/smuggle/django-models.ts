import type { Operation } from '../model/operation.ts'
import { isDjangoModels, isMigration } from '../readers/file-kinds.ts'
import type { DjangoModelsReader } from '../readers/django/load-models.ts'
import { appOfModels, type ModelsRead } from '../readers/django/read-models.ts'
import { DjangoState } from '../readers/django/state.ts'
import { changesFrom, nameOf, type ObjectChange } from '../schema-merge/merge-objects.ts'
import { applyOperations } from '../schema/apply.ts'
import { openSchema, type Schema } from '../schema/schema.ts'
import { compareEach, type ModelComparison } from './compare-each.ts'
import { lineIn, migrationsIn, type SchemaComparison } from './schema-differs.ts'
import type { ChangedText, Smuggled } from './signal.ts'

/**
 * Django's models by what they declare: without a migration of their app no table of theirs may change, with one its tables and columns
 * are what they say. Indexes and constraints have names that depend on how they came about, and are compared without a migration only.
 */
export function djangoModels(
  reader: DjangoModelsReader | null,
  changes: readonly ChangedText[],
): ModelComparison {
  return compareEach(changes, (change) =>
    reader !== null && isDjangoModels(change.path) ? compareModels(reader, change, changes) : null,
  )
}

/** @returns null where one of the two cannot be read: their lines are compared then. */
function compareModels(
  reader: DjangoModelsReader,
  change: ChangedText,
  changes: readonly ChangedText[],
): SchemaComparison | null {
  const { path, before, after } = change
  if (before === null || after === null) return null
  const app = appOfModels(path)
  const migrations = migrationsIn(
    changes.filter((each) => isMigration(each.path) && each.path.includes(`${app}/migrations/`)),
  ).filter((each) => each.kind === 'added')
  const isOld = migrations.some(({ text }) => /models\.AutoField\(/.test(text))
  const autoField = isOld ? 'AutoField' : 'BigAutoField'
  const [old, now] = [before, after].map((text) =>
    reader.readModels({ file: path, text, autoField, state: new DjangoState() }),
  ) as [ModelsRead, ModelsRead]
  const [from, to] = [schemaOf(old.operations), schemaOf(now.operations)]
  if (from === null || to === null) return null
  const ran = reader.readMigrations(migrations, old.state)
  const all = [...old.operations, ...now.operations, ...ran]
  const touched = new Set(all.flatMap(unread))
  const unsure = new Set(all.flatMap(tablesUnsure))
  const unknown = [...now.operations, ...ran].flatMap(({ place, ...each }) =>
    each.kind === 'opaque' ? [`${place.file}:${place.line}: ${each.reason}`] : [],
  )
  const hasMigration = migrations.length > 0
  const expected = applyOperations(
    from,
    ran.filter((each) => each.kind !== 'opaque'),
  )
  if (touched.has('*') || expected.outcome === 'refused')
    return hasMigration ? { signals: [], unknown } : null
  const differing = changesFrom(expected.schema, to).filter(({ kind, object }) => {
    const table = object.table ?? object.path[0] ?? ''
    if (touched.has(table) || object.kind === 'sequence') return false
    if (!hasMigration) return true
    // What a key of another file is typed as is known by neither.
    const isPart = object.kind === 'table' || object.kind === 'column'
    return isPart && !(kind === 'changes' && unsure.has(table))
  })
  // What could not be read may have changed: its lines say whether it has.
  if (differing.length === 0 && !hasMigration && touched.size > 0) return null
  return { signals: signalOf(change, { differing, read: now, hasMigration }), unknown }
}

/** The tables of what could not be read; `*` for any. */
function unread(operation: Operation): readonly string[] {
  if (operation.kind !== 'opaque') return []
  return operation.touches === 'anything' ? ['*'] : operation.touches
}

function tablesUnsure(operation: Operation): readonly string[] {
  const isSure = operation.confidence === 'exact' || operation.kind === 'data'
  return isSure || !('table' in operation) || operation.table === undefined ? [] : [operation.table]
}

function schemaOf(operations: readonly Operation[]): Schema | null {
  const applied = applyOperations(
    openSchema,
    operations.filter((each) => each.kind !== 'opaque'),
  )
  return applied.outcome === 'applied' ? applied.schema : null
}

function lineOf({ kind, object }: ObjectChange, { lines, operations }: ModelsRead): number {
  return kind === 'removes' ? 1 : (lines.get(object.path.join('.')) ?? lineIn(operations, object))
}

const namedMax = 3

function signalOf(
  { path }: ChangedText,
  given: {
    readonly differing: readonly ObjectChange[]
    readonly read: ModelsRead
    readonly hasMigration: boolean
  },
): readonly Smuggled[] {
  const { differing, read, hasMigration } = given
  const [first] = differing
  if (first === undefined) return []
  const names = [...new Set(differing.map(({ object }) => nameOf(object)))]
  const more = names.length > namedMax ? ` and ${names.length - namedMax} more` : ''
  const listed = `${names.slice(0, namedMax).join(', ')}${more}`
  return [
    {
      kind: 'model_without_migration',
      place: { file: path, line: lineOf(first, read) },
      why: hasMigration
        ? `The models of Django say something else than their migrations lead to: ${listed}.`
        : `The models of Django changed (${listed}), and no migration of it comes along.`,
      remedy:
        'Take the migration lane, and let manage.py makemigrations write the migration; or say in the ticket why there is none.',
    },
  ]
}
