import { toCommitId } from '@conduct/core'
import type { Classified, RowCounts, SourceFile, SqlEngine } from '@conduct/planner'
import type { FrozenConsumer, TrainContext } from '../../context.ts'
import { green, type Judgement, notApplicable, red, type Row, unknown } from '../row.ts'

const migrationPaths = [
  /(?:^|\/)(?:db\/migrate|migrations?|alembic)\//,
  /(?:^|\/)(?:db\/schema\.rb|structure\.sql|schema\.prisma)$/,
  /\.sql$/,
]
const fullCommit = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/**
 * Schema changes that would travel with the deploy. What rewrites a table, or blocks it while it is read through, stops the train
 * unless somebody overrides it by name; what could not be read is unknown. Which tables are small says the file of statistics that the
 * migration lane names, in the consumer's own repo; one that is not there says nothing, and every scan counts as long.
 */
export const row: Row = {
  check: 'schema_changes',
  over: 'consumer',
  async judge({ frozen, context }) {
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
    return judgeTravelling(frozen, { paths: travelling, previous: changed.previous, context })
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
  {
    paths,
    previous,
    context,
  }: { readonly paths: readonly string[]; readonly previous: string; readonly context: TrainContext },
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
  const reader = await planner.loadMigrationReader(paths, { engine: engineOf(context) })
  const { schema } = reader.readBase(base)
  const { operations } = reader.readTicket('train', sources, schema)
  const { major, smallRowsMax } = planner.defaultBatchPolicy
  const statistics = await statisticsOf(context, tree)
  if (statistics.problem !== null) return unknown(`0 of ${paths.length} files`, statistics.problem)
  const { rows } = statistics
  const rowsOf = (table: string): number | undefined => planner.rowsIn(rows, table)
  const classified = planner.classifyOperations(operations, { major, base: schema, smallRowsMax, rowsOf })
  return verdictOf({ classified, others, files: paths.length, hasDump: dumps.length > 0 })
}

/** What the first lane says that batches plain SQL. */
function engineOf({ config }: TrainContext): SqlEngine {
  const dialects = [...config.lanes.values()].flatMap(({ batching }) => batching?.dialect ?? [])
  return dialects.find((each) => each === 'mysql' || each === 'postgres') === 'mysql' ? 'mysql' : 'postgres'
}

/** Of the first lane that names a file which the consumer has. */
async function statisticsOf(
  { config }: TrainContext,
  tree: FrozenConsumer['tree'],
): Promise<{ readonly rows: RowCounts; readonly problem: string | null }> {
  const { readRowCounts } = await import('@conduct/planner')
  const files = [...config.lanes.values()].flatMap(({ batching }) => batching?.statistics ?? [])
  for (const file of new Set(files)) {
    const text = await tree.readFile(file)
    if (text === null) continue
    const read = readRowCounts(text)
    if (read.outcome === 'read') return { rows: read.rows, problem: null }
    return { rows: {}, problem: `${file} does not say how large the tables are: ${read.problem}.` }
  }
  return { rows: {}, problem: null }
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
  const blocking = classified.filter(({ cls, isSmall }) => cls === 'B2' || (cls === 'B1' && isSmall !== true))
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
      : `${told} would travel with the deploy; none rewrites a table, or blocks a large one.`,
  )
}

function blockingText(each: Classified): string {
  const { operation, cls, fact } = each
  const table = 'table' in operation && operation.table !== undefined ? operation.table : 'a table'
  const what = operation.kind.replaceAll('_', ' ')
  const size = each.rows === null ? 'whose size is not known' : `of ${each.rows} rows`
  const does =
    cls === 'B2' ? `rewrites ${table}` : `blocks writes to ${table}, ${size}, while it reads through it`
  return `${what} (${placeOf(each)}${fact === null ? '' : `, fact ${fact}`}) would travel with the deploy and ${does}`
}

function placeOf({ operation: { place } }: Classified): string {
  return `${place.file}:${place.line}`
}
