import { identifyFile } from '../identity/file-identity.ts'
import type { Operation } from '../model/operation.ts'
import { isDefinition, isMigration, isSchemaFile } from '../readers/file-kinds.ts'
import type { MigrationReader, SourceFile } from '../readers/read-migrations.ts'
import { objectOf } from '../plan/wire.ts'
import { applyOperations } from '../schema/apply.ts'
import { emptySchema, openSchema, type Schema, type SchemaObject } from '../schema/schema.ts'
import { changesFrom, nameOf, type ObjectChange } from '../schema-merge/merge-objects.ts'
import type { ChangedText, Smuggled, SmuggleInput } from './signal.ts'

export interface SchemaComparison {
  readonly signals: readonly Smuggled[]
  readonly unknown: readonly string[]
}

/**
 * The schema file of a change against what its migrations make of the schema file before it, in both directions. An object of a
 * table that something opaque may have touched is not compared.
 */
export function schemaDifferences(
  reader: MigrationReader,
  { changes, schemaFile }: Pick<SmuggleInput, 'changes' | 'schemaFile'>,
): SchemaComparison {
  const migrations = migrationsIn(changes)
  const dumps = changes.filter((each) => isSchemaFile(each.path))
  const [dump, ...others] = dumps
  if (dump === undefined) {
    if (schemaFile === null || migrations.length === 0) return unknown()
    return notDumped(
      reader.readTicket('', [...migrations, ...definitionsIn(changes)], openSchema).operations,
      schemaFile,
    )
  }
  if (others.length > 0) return unknown(`${dumps.map((each) => each.path).join(' and ')} both changed`)
  if (dump.before === null || dump.after === null) {
    return unknown(
      `${dump.path} is ${dump.before === null ? 'new' : 'gone'}: there is nothing to compare it with`,
    )
  }
  const [old, read] = [dump.before, dump.after].map((text) =>
    reader.readSchema({ path: dump.path, text, kind: 'added' }),
  )
  const opaque = [...(old ?? []), ...(read ?? [])].find((each) => each.kind === 'opaque')
  if (opaque !== undefined) return unknown(`${dump.path}:${opaque.place.line}: ${opaque.reason}`)
  const before = applyOperations(emptySchema, old ?? [])
  const after = applyOperations(emptySchema, read ?? [])
  if (before.outcome === 'refused') return unknown(`${dump.path} of before: ${before.problem}`)
  if (after.outcome === 'refused') return unknown(`${dump.path}:${after.place.line}: ${after.problem}`)
  const { operations } = reader.readTicket('', [...migrations, ...definitionsIn(changes)], before.schema)
  const applied = applyOperations(before.schema, operations)
  if (applied.outcome === 'refused') {
    return unknown(`${applied.place.file}:${applied.place.line}: ${applied.problem}`)
  }
  return compareSchemas({
    dump,
    expected: applied.schema,
    actual: after.schema,
    operations,
    read: read ?? [],
  })
}

/** What migrations lead to against what a file says. */
export function compareSchemas(given: {
  readonly dump: ChangedText
  readonly expected: Schema
  readonly actual: Schema
  readonly operations: readonly Operation[]
  readonly read: readonly Operation[]
}): SchemaComparison {
  const { dump, expected, actual, operations, read } = given
  const hidden = operations.filter((each) => each.confidence !== 'exact' && each.kind !== 'data')
  const isOpen = hidden.some((each) => each.kind === 'opaque' && each.touches === 'anything')
  const limits = hidden.map(
    ({ place, ...each }) =>
      `${place.file}:${place.line}: ${each.kind === 'opaque' ? each.reason : `${each.kind.replaceAll('_', ' ')} is ${each.confidence}`}`,
  )
  if (isOpen) return { signals: [], unknown: limits }
  const touched = new Set(hidden.flatMap(tablesOf))
  const differences = changesFrom(comparable(expected), comparable(actual)).filter(
    ({ object }) => !touched.has(object.table ?? object.path[0] ?? ''),
  )
  const told = withoutParts(differences)
  return {
    signals: told.map((change) => signalOf(change, { dump, operations, read })),
    unknown: limits,
  }
}

function signalOf(
  { kind, object }: ObjectChange,
  { dump, operations, read }: Pick<Parameters<typeof compareSchemas>[0], 'dump' | 'operations' | 'read'>,
): Smuggled {
  const name = nameOf(object)
  if (kind === 'removes') {
    const made = operations.findLast((each) => isAbout(each, object))
    return {
      kind: 'schema_differs',
      place: made?.place ?? { file: dump.path, line: lineIn(read, object) },
      why: `The migrations lead to ${name}, which ${dump.path} does not have.`,
      remedy: 'Migrate an empty database by the migrations, and commit what it dumps.',
    }
  }
  return {
    kind: 'schema_differs',
    place: { file: dump.path, line: lineIn(read, object) },
    why:
      kind === 'adds'
        ? `${dump.path} has ${name}, which no migration makes.`
        : `${dump.path} has another ${name} than the migrations lead to.`,
    remedy:
      'Add the migration that makes it, or dump the schema from a database that has only these migrations.',
  }
}

/** Where there is a schema file, migrations change it: somebody forgot to dump. */
function notDumped(operations: readonly Operation[], schemaFile: string): SchemaComparison {
  const changing = operations.filter((each) => !['session', 'data', 'opaque'].includes(each.kind))
  const firsts = [...new Map(changing.toReversed().map((each) => [each.place.file, each])).values()]
  return {
    signals: firsts.toReversed().map((each) => ({
      kind: 'schema_differs',
      place: each.place,
      why: `The migration changes the schema, and ${schemaFile} does not.`,
      remedy: `Migrate a database by it, and commit the ${schemaFile} that this dumps.`,
    })),
    unknown: [],
  }
}

function unknown(...reasons: readonly string[]): SchemaComparison {
  return { signals: [], unknown: reasons }
}

/** What migrations of Rails run from files of their own. */
function definitionsIn(changes: readonly ChangedText[]): readonly SourceFile[] {
  return changes.flatMap(({ path, before, after }): readonly SourceFile[] =>
    isDefinition(path) && after !== null
      ? [{ path, text: after, kind: before === null ? 'added' : 'modified' }]
      : [],
  )
}

export function migrationsIn(changes: readonly ChangedText[]): readonly SourceFile[] {
  return changes.flatMap((each) => (isMigration(each.path) ? sourceOf(each) : []))
}

function sourceOf({ path, before, after }: ChangedText): readonly SourceFile[] {
  if (identifyFile(path) === null) return []
  if (after === null) return [{ path, text: before ?? '', kind: 'deleted' }]
  return [{ path, text: after, kind: before === null ? 'added' : 'modified' }]
}

/** Without sequences behind keys, and under names that do not depend on what was made up. */
function comparable(schema: Schema): Schema {
  const objects = [...schema.objects].flatMap(([key, object]): [string, SchemaObject][] => {
    if (object === null || object.kind === 'sequence') return []
    return [[key.replace(madeUp, '$1$2'), object]]
  })
  return { ...openSchema, objects: new Map(objects) }
}

const madeUp = /^(constraint .+\.)(fk|chk|excl)_rails_[0-9a-f]{10}$/

function withoutParts(changes: readonly ObjectChange[]): readonly ObjectChange[] {
  const whole = new Set(
    changes.flatMap(({ kind, object }) =>
      object.kind === 'table' && kind !== 'changes' ? [`${kind} ${object.path[0]}`] : [],
    ),
  )
  return changes.filter(
    ({ kind, object }) =>
      object.kind === 'table' ||
      (!whole.has(`${kind} ${object.table ?? ''}`) && object.value['ofConstraint'] !== true),
  )
}

function tablesOf(operation: Operation): readonly string[] {
  if (operation.kind === 'opaque') return operation.touches === 'anything' ? [] : operation.touches
  return 'table' in operation && operation.table !== undefined ? [operation.table] : []
}

function isAbout(operation: Operation, { path, table }: SchemaObject): boolean {
  const [first = '', second] = path
  const said = objectOf(operation)
  if (said === [first, second].filter((each) => each !== undefined).join('.')) return true
  const isNamed = table !== undefined && said === `${table}.${first}`
  return isNamed || (operation.kind === 'create_table' && operation.table === (table ?? first))
}

export function lineIn(operations: readonly Operation[], object: SchemaObject): number {
  const found =
    operations.find((each) => each.kind !== 'create_table' && isAbout(each, object)) ??
    operations.find((each) => isAbout(each, object))
  return found?.place.line ?? 1
}
