import type { Operation } from '../model/operation.ts'
import { isMigration } from '../readers/file-kinds.ts'
import type { MigrationReader } from '../readers/read-migrations.ts'
import { changesFrom, nameOf } from '../schema-merge/merge-objects.ts'
import { applyOperations } from '../schema/apply.ts'
import { emptySchema, type Schema } from '../schema/schema.ts'
import { compareEach, type ModelComparison } from './compare-each.ts'
import { compareSchemas, lineIn, migrationsIn, type SchemaComparison } from './schema-differs.ts'
import type { ChangedText, Smuggled } from './signal.ts'

/** Prisma's models by what they declare: without a migration nothing of it may change, with one it leads to what they say. */
export function prismaModels(reader: MigrationReader, changes: readonly ChangedText[]): ModelComparison {
  return compareEach(changes, (change) =>
    change.path.endsWith('.prisma') ? compareModels(reader, change, changes) : null,
  )
}

/** @returns null where one of the two cannot be read: their lines are compared then. */
function compareModels(
  reader: MigrationReader,
  change: ChangedText,
  changes: readonly ChangedText[],
): SchemaComparison | null {
  const { path, before, after } = change
  if (before === null || after === null) return null
  const [old, now] = [before, after].map((text) => reader.readSchema({ path, text, kind: 'added' }))
  const [from, to] = [schemaOf(old ?? []), schemaOf(now ?? [])]
  if (from === null || to === null) return null
  const migrations = migrationsIn(
    changes.filter((each) => isMigration(each.path) && each.path.endsWith('.sql')),
  )
  if (migrations.length === 0) return withoutMigration(change, { from, to, now: now ?? [] })
  const { operations } = reader.readTicket('', migrations, from)
  const applied = applyOperations(from, operations)
  if (applied.outcome === 'refused') {
    const { file, line } = applied.place
    return { signals: [], unknown: [`${file}:${line}: ${applied.problem}`] }
  }
  return compareSchemas({ dump: change, expected: applied.schema, actual: to, operations, read: now ?? [] })
}

function schemaOf(operations: readonly Operation[]): Schema | null {
  if (operations.some((each) => each.kind === 'opaque')) return null
  const applied = applyOperations(emptySchema, operations)
  return applied.outcome === 'applied' ? applied.schema : null
}

const namedMax = 3

function withoutMigration(
  { path }: ChangedText,
  { from, to, now }: { readonly from: Schema; readonly to: Schema; readonly now: readonly Operation[] },
): SchemaComparison {
  const found = changesFrom(from, to).filter(({ object }) => object.kind !== 'sequence')
  const [first] = found
  if (first === undefined) return { signals: [], unknown: [] }
  const names = [...new Set(found.map(({ object }) => nameOf(object)))]
  const more = names.length > namedMax ? ` and ${names.length - namedMax} more` : ''
  const signal: Smuggled = {
    kind: 'model_without_migration',
    place: { file: path, line: first.kind === 'removes' ? 1 : lineIn(now, first.object) },
    why: `The models of Prisma changed (${names.slice(0, namedMax).join(', ')}${more}), and no migration of it comes along.`,
    remedy:
      'Take the migration lane, and let prisma migrate dev write the migration; or say in the ticket why there is none.',
  }
  return { signals: [signal], unknown: [] }
}
