/**
 * `pnpm reached-schema NAME ADAPTER GIT_DIR`: for each week of a real history, the schema at its beginning and the migrations
 * that came, in the order of their versions, against the `schema.rb` that the repository really reached.
 *
 * Prints one line per week that is not exact, with the objects that differ, and the counts; run on demand. What the history
 * itself says about such a week is found out, too: whether the weeks around it are exact as one (the schema file and its
 * migration came in different weeks), and which migrations were changed or removed after they had run.
 *
 * `--judge` lets real Rails run those weeks, too: whether it reaches the file itself, and where it does not, whether it differs from the
 * file in the same objects as we do. Without it, too, a week is told whose file changed in what no migration names. `--judge-all` lets it run every week. Both take minutes.
 */
import { History, type Added, type Week } from './schema-history.ts'
import {
  applyOperations,
  emptySchema,
  loadRailsReader,
  onMysql,
  withImpliedRenames,
  type Applied,
  type Operation,
  type RailsAdapter,
  type RailsReader,
  type Schema,
} from '@conduct/planner'

import { comparableLines } from './comparable-schema.ts'
import { asDumpedByMysql } from './mysql-dump.ts'
import { RailsTally } from './rails-tally.ts'
import { differingObjects, startWeekJudge } from './rails-verdict.ts'
import { isUnsaid } from './unsaid.ts'

const linesMax = 12
const widthMax = 700
/** Of weeks that are tried as one. */
const joinedMax = 4
const words = process.argv.slice(2)
const [name = '', asked = 'postgresql', folder = '.'] = words.filter((each) => !each.startsWith('--'))
const adapters: readonly RailsAdapter[] = ['postgresql', 'mysql', 'sqlite']
const adapter = adapters.find((each) => each === asked) ?? 'postgresql'

const reader = await loadRailsReader({ adapter })
const history = new History(folder)
const read = new Map<string, Schema | string>()
const counts = { exact: 0, different: 0, refused: 0, unread: 0, unsaid: 0 }
const weeks = history.weeks.filter((week) => week.added.length > 0)
const migrations = weeks.reduce((sum, week) => sum + week.added.length, 0)
const isMysql = adapter === 'mysql'
const areAllJudged = words.includes('--judge-all')
await using real =
  areAllJudged || words.includes('--judge')
    ? await startWeekJudge(history, { postgres: await loadRailsReader(), isMysql })
    : null
const tally = new RailsTally({ isMysql })
for (const [at, week] of weeks.entries()) {
  const judged = judge(reader, week)
  const { verdict, detail } = judged
  counts[verdict]++
  const isJudged = real !== null && (areAllJudged || verdict !== 'exact')
  const unsaid = isUnsaidIn(week, judged)
  if (unsaid) counts.unsaid++
  const verdictOfRails = tally.add(judged, isJudged ? await real.judge(week) : null, unsaid)
  const said = ` {rails: ${verdictOfRails}}${unsaid ? ' {no migration names what differs}' : ''}`
  if (verdict === 'exact') continue
  const because = [...joined(reader, weeks, at), ...history.changedMigrations(week)].join('; ')
  process.stdout.write(
    `${week.date} ${week.to.slice(0, 10)} ${verdict}${real === null ? '' : said} [${because}]: ${detail.join('; ')}\n`,
  )
}
const total = weeks.length
const share = ((100 * counts.exact) / total).toFixed(1)
process.stdout.write(
  `${name} | ${history.head.slice(0, 10)} | ${migrations} | ${total} | ${counts.exact} | ${share} % | ${JSON.stringify(counts)}\n`,
)
if (real !== null) process.stdout.write(`${tally.row(name)}\n`)

/** As the server of this app does it. */
function onServer(operations: readonly Operation[]): readonly Operation[] {
  return adapter === 'mysql' ? onMysql(operations) : operations
}

interface Judged {
  readonly verdict: 'exact' | 'different' | 'refused' | 'unread'
  readonly detail: readonly string[]
  /** The lines that we reach, and those of the repository's file, where both are known. */
  readonly lines?: readonly [ours: ReadonlySet<string>, theirs: ReadonlySet<string>]
}

function isUnsaidIn({ from, to, added }: Week, { verdict, lines }: Judged): boolean {
  if (verdict !== 'different' || lines === undefined) return false
  const texts = [...added, ...history.ranBetween(from, to)].map(({ text }) => text)
  return isUnsaid(differingObjects(...lines), texts)
}

/** Whether this week is exact when it is taken as one with those around it. */
function joined(rails: RailsReader, all: readonly Week[], at: number): readonly string[] {
  for (let length = 2; length <= joinedMax; length++) {
    for (let start = at - length + 1; start <= at; start++) {
      const part = all.slice(Math.max(start, 0), start + length)
      const [first] = part
      const last = part.at(-1)
      if (start < 0 || part.length < length || first === undefined || last === undefined) continue
      const added = history.addedBetween(first.from, last.to)
      const one: Week = { from: first.from, to: last.to, date: first.date, added }
      if (judge(rails, one).verdict === 'exact') return [`exact from ${first.date} to ${last.date}`]
    }
  }
  return []
}

function isSameList(one: readonly Added[], other: readonly Added[]): boolean {
  return one.length === other.length && one.every((each, at) => each.file === other[at]?.file)
}

/**
 * A dump without a version may have been written by the Rails before: it stands until the next one is written. A migration that came
 * in the week and is newer than the dump has not run, and runs in the week whose dump says so.
 */
function judge(rails: RailsReader, week: Week): Judged {
  const versions = history.railsUntil(week)
  const pairs = versions.flatMap((before) => versions.map((after) => ({ before, after })))
  const ran = history.ranBetween(week.from, week.to)
  let best: Judged | null = null
  for (const added of isSameList(week.added, ran) ? [ran] : [week.added, ran]) {
    for (const pair of pairs) {
      const judged = judgeAs(rails, { ...week, added }, pair)
      if (judged.verdict === 'exact') return judged
      if (best === null || judged.detail.length < best.detail.length) best = judged
    }
  }
  return best ?? { verdict: 'unread', detail: [] }
}

function schemaAt(rails: RailsReader, commit: string, version: number): Schema | string {
  const key = `${commit} ${version}`
  const schema = read.get(key) ?? readSchemaAt(rails, commit, version)
  read.set(key, schema)
  return schema
}

function readSchemaAt(rails: RailsReader, commit: string, version: number): Schema | string {
  const dump = rails.readSchema({
    file: 'db/schema.rb',
    text: history.text(commit, 'db/schema.rb'),
    rails: version,
  })
  const opaque = dump.operations.find((each) => each.kind === 'opaque')
  if (opaque?.kind === 'opaque') return `schema.rb:${opaque.place.line} ${opaque.reason}`
  const applied = applyOperations(emptySchema, onServer(dump.operations))
  return applied.outcome === 'applied' ? applied.schema : `schema.rb:${applied.place.line} ${applied.problem}`
}

function judgeAs(
  rails: RailsReader,
  { from, to, added }: Week,
  { before, after }: { readonly before: number; readonly after: number },
): Judged {
  const [base, end] = [schemaAt(rails, from, before), schemaAt(rails, to, after)]
  if (typeof base === 'string' || typeof end === 'string')
    return { verdict: 'unread', detail: [base, end].filter((one) => typeof one === 'string') }
  const ranFrom = (given: readonly Operation[]): Applied =>
    applyOperations(base, withImpliedRenames(base, onServer(given), { rails: after, adapter }))
  const operations: Operation[] = []
  for (const each of added) {
    const earlier = [...operations]
    const stateAfter = (own: readonly Operation[]): Schema | null => {
      const ran = ranFrom([...earlier, ...own])
      return ran.outcome === 'applied' ? ran.schema : null
    }
    operations.push(...rails.readMigration({ ...each, rails: after, stateAfter }).operations)
  }
  const applied = ranFrom(operations)
  const unread = operations.flatMap((each) =>
    each.kind === 'opaque' ? [`${each.place.file.split('/').at(-1)}:${each.place.line} ${each.reason}`] : [],
  )
  if (applied.outcome === 'refused') return { verdict: 'refused', detail: [applied.problem, ...unread] }
  const [ours, theirs] = [applied.schema, end].map(
    (schema) => new Set(comparableLines(adapter === 'mysql' ? asDumpedByMysql(schema) : schema, after)),
  ) as [Set<string>, Set<string>]
  const differing = [
    ...[...ours].filter((line) => !theirs.has(line)).map((line) => `+${line}`),
    ...[...theirs].filter((line) => !ours.has(line)).map((line) => `-${line}`),
  ]
  // What was read of opaque migrations may be right all the same: the schema that is reached decides.
  if (differing.length === 0) return { verdict: 'exact', detail: [] }
  return {
    verdict: unread.length > 0 ? 'unread' : 'different',
    lines: [ours, theirs],
    detail: [...differing.slice(0, linesMax).map((line) => line.slice(0, widthMax)), ...unread],
  }
}
