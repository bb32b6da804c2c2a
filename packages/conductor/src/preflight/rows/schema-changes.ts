import { toCommitId } from '@conduct/core'
import type { Classified, SourceFile } from '@conduct/planner'
import type { FrozenConsumer } from '../../context.ts'
import { green, type Judgement, notApplicable, red, type Row, unknown } from '../row.ts'

const migrationPaths = [
  /(?:^|\/)(?:db\/migrate|migrations?|alembic)\//,
  /(?:^|\/)(?:db\/schema\.rb|structure\.sql|schema\.prisma)$/,
  /\.sql$/,
]
const fullCommit = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/**
 * Schema changes that would travel with the deploy. What rewrites a table, or blocks it while it is read through, stops the train
 * unless somebody overrides it by name; what could not be read is unknown.
 */
export const row: Row = {
  check: 'schema_changes',
  over: 'consumer',
  async judge({ frozen }) {
    if (frozen.consumer.deploy.strategy.kind === 'none') return notApplicable('Nothing is deployed.')
    const files = (await frozen.tree.listFiles()).filter(isAboutSchema)
    if (files.length === 0) return notApplicable('It holds no migrations.')
    const changed = await changedSincePrevious(frozen)
    if (changed === null) {
      return unknown(
        `0 of ${files.length} files`,
        'It holds migrations, and which of them travel with the deploy cannot be told from what runs now.',
      )
    }
    const travelling = changed.paths.filter(isAboutSchema)
    if (travelling.length === 0) {
      return green(
        `${changed.paths.length} of ${changed.paths.length} changed files`,
        'No schema change since what runs now.',
      )
    }
    return judgeTravelling(frozen, { paths: travelling, previous: changed.previous })
  },
}

function isAboutSchema(path: string): boolean {
  return migrationPaths.some((pattern) => pattern.test(path))
}

/** Null when what runs now is no commit of this repository. */
async function changedSincePrevious(
  frozen: FrozenConsumer,
): Promise<{ readonly previous: string; readonly paths: readonly string[] } | null> {
  const { previous, mirror, commit } = frozen
  if (previous === null || !fullCommit.test(previous)) return null
  return { previous, paths: await mirror.changedPaths(toCommitId(previous), commit) }
}

async function judgeTravelling(
  { mirror, tree }: FrozenConsumer,
  { paths, previous }: { readonly paths: readonly string[]; readonly previous: string },
): Promise<Judgement> {
  const planner = await import('@conduct/planner')
  const of = toCommitId(previous)
  const sourceOf = async (path: string): Promise<SourceFile> => {
    const [before, after] = await Promise.all([mirror.readFile(of, path), tree.readFile(path)])
    if (after === null) return { path, text: before ?? '', kind: 'deleted' }
    return { path, text: after, kind: before === null ? 'added' : 'modified' }
  }
  const migrations = paths.filter((path) => planner.isMigration(path))
  const dumps = paths.filter((path) => planner.isSchemaFile(path))
  const others = paths.filter((path) => !planner.isMigration(path) && !planner.isSchemaFile(path))
  const sources = await Promise.all(migrations.map(sourceOf))
  const base = await Promise.all(
    dumps.map(async (path): Promise<SourceFile> => {
      return { path, text: (await mirror.readFile(of, path)) ?? '', kind: 'added' }
    }),
  )
  const reader = await planner.loadMigrationReader(paths)
  const { schema } = reader.readBase(base)
  const { operations } = reader.readTicket('train', sources, schema)
  const { major, smallRowsMax } = planner.defaultBatchPolicy
  const classified = planner.classifyOperations(operations, { major, base: schema, smallRowsMax })
  return verdictOf({ classified, others, files: paths.length, hasDump: dumps.length > 0 })
}

function verdictOf(given: {
  readonly classified: readonly Classified[]
  /** Files about the schema that nobody here reads. */
  readonly others: readonly string[]
  readonly files: number
  readonly hasDump: boolean
}): Judgement {
  const { classified, others, files } = given
  const covered = `${files - others.length} of ${files} files`
  const blocking = classified.filter(({ cls }) => cls === 'B1' || cls === 'B2')
  const unread = classified.filter(({ cls }) => cls === 'opaque')
  if (blocking.length > 0) {
    return red(
      covered,
      `${blocking.map(blockingText).join('; ')}. Migrate apart from the train, or override it by name with a reason.`,
    )
  }
  if (unread.length + others.length > 0) {
    const reasons = [
      ...unread.map((each) => `${placeOf(each)} could not be read`),
      ...others.map((path) => `${path} is not read`),
    ]
    return unknown(covered, `${reasons.join('; ')}; it would travel with the deploy.`)
  }
  if (classified.length === 0 && given.hasDump) {
    return unknown(covered, 'The schema file changes and no migration does: what would travel is not known.')
  }
  const told = [...new Set(classified.map((each) => each.operation.kind.replaceAll('_', ' ')))].join(', ')
  return green(
    covered,
    classified.length === 0
      ? 'No schema change in what travels with the deploy.'
      : `${told} would travel with the deploy; none rewrites or blocks a table.`,
  )
}

function blockingText(each: Classified): string {
  const { operation, cls, fact } = each
  const table = 'table' in operation && operation.table !== undefined ? operation.table : 'a table'
  const what = operation.kind.replaceAll('_', ' ')
  const does = cls === 'B2' ? `rewrites ${table}` : `blocks writes to ${table} while it reads through it`
  return `${what} (${placeOf(each)}${fact === null ? '' : `, fact ${fact}`}) would travel with the deploy and ${does}`
}

function placeOf({ operation: { place } }: Classified): string {
  return `${place.file}:${place.line}`
}
