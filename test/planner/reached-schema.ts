/**
 * `pnpm reached-schema NAME ADAPTER GIT_DIR`: for each week of a real history, the schema at its beginning and the migrations
 * that came, in the order of their versions, against the `schema.rb` that the repository really reached.
 *
 * Prints one line per week that is not exact, with the objects that differ, and the counts; run on demand.
 */
import { execFileSync } from 'node:child_process'
import {
  applyOperations,
  emptySchema,
  loadRailsReader,
  withImpliedRenames,
  type Operation,
  type RailsAdapter,
  type RailsReader,
  type Schema,
} from '@conduct/planner'

import { comparableLines } from './comparable-schema.ts'

const secondsPerWeek = 7 * 24 * 3600
const outputMax = 1 << 29
const [name = '', adapter = 'postgresql', folder = '.'] = process.argv.slice(2)
const adapters: readonly RailsAdapter[] = ['postgresql', 'mysql', 'sqlite']

interface Week {
  readonly from: string
  readonly to: string
  readonly date: string
}

const reader = await loadRailsReader({ adapter: adapters.find((each) => each === adapter) ?? 'postgresql' })
const counts = { exact: 0, different: 0, refused: 0, unread: 0 }
let migrations = 0
for (const week of weeks()) {
  const added = addedMigrations(week)
  if (added.length === 0) continue
  migrations += added.length
  const { verdict, detail } = judge(reader, week, added)
  counts[verdict]++
  if (verdict !== 'exact')
    process.stdout.write(`${week.date} ${week.to.slice(0, 10)} ${verdict}: ${detail.join('; ')}\n`)
}
const total = Object.values(counts).reduce((sum, each) => sum + each, 0)
const share = ((100 * counts.exact) / total).toFixed(1)
process.stdout.write(
  `${name} | ${git('rev-parse', 'HEAD').slice(0, 10)} | ${migrations} | ${total} | ${counts.exact} | ${share} % | ${JSON.stringify(counts)}\n`,
)

function git(...args: readonly string[]): string {
  return execFileSync('git', ['-C', folder, ...args], {
    maxBuffer: outputMax,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).toString()
}

/** The last commit of each week in which the main line changed the schema, with that of the time before. */
function weeks(): readonly Week[] {
  const lines = git('log', '--first-parent', '--reverse', '--format=%H %ct', '--', 'db/schema.rb')
    .trim()
    .split('\n')
  const last = new Map<number, string>()
  for (const line of lines) {
    const [commit = '', seconds = '0'] = line.split(' ')
    last.set(Math.floor(Number(seconds) / secondsPerWeek), commit)
  }
  const ends = [...last].toSorted(([one], [other]) => one - other)
  return ends.slice(1).map(([week, to], at) => {
    const date = new Date(week * secondsPerWeek * 1000).toISOString().slice(0, 10)
    return { from: ends[at]?.[1] ?? '', to, date }
  })
}

function addedMigrations({ from, to }: Week): readonly { readonly file: string; readonly text: string }[] {
  const names = git(
    'diff',
    '--no-renames',
    '--name-only',
    '--diff-filter=A',
    from,
    to,
    '--',
    'db/migrate',
  ).trim()
  const files = names === '' ? [] : names.split('\n').filter((file) => file.endsWith('.rb'))
  return files.toSorted().map((file) => ({ file, text: git('show', `${to}:${file}`) }))
}

function schemaAt(rails: RailsReader, commit: string): Schema | string {
  const lock = git('show', `${commit}:Gemfile.lock`)
  const [, version = '6.1'] = /^ {4}(?:rails|activerecord) \((\d+\.\d+)/m.exec(lock) ?? []
  const text = git('show', `${commit}:db/schema.rb`)
  const read = rails.readSchema({ file: 'db/schema.rb', text, rails: Number(version) })
  const opaque = read.operations.find((each) => each.kind === 'opaque')
  if (opaque?.kind === 'opaque') return `schema.rb:${opaque.place.line} ${opaque.reason}`
  const applied = applyOperations(emptySchema, read.operations)
  return applied.outcome === 'applied' ? applied.schema : `schema.rb:${applied.place.line} ${applied.problem}`
}

function judge(
  rails: RailsReader,
  { from, to }: Week,
  added: readonly { readonly file: string; readonly text: string }[],
): { readonly verdict: keyof typeof counts; readonly detail: readonly string[] } {
  const [base, end] = [schemaAt(rails, from), schemaAt(rails, to)]
  if (typeof base === 'string' || typeof end === 'string')
    return { verdict: 'unread', detail: [base, end].filter((one) => typeof one === 'string') }
  const operations: readonly Operation[] = added.flatMap((each) => rails.readMigration(each).operations)
  const applied = applyOperations(base, withImpliedRenames(base, operations))
  const unread = operations.flatMap((each) =>
    each.kind === 'opaque' ? [`${each.place.file.split('/').at(-1)}:${each.place.line} ${each.reason}`] : [],
  )
  if (applied.outcome === 'refused') return { verdict: 'refused', detail: [applied.problem, ...unread] }
  const [ours, theirs] = [new Set(comparableLines(applied.schema)), new Set(comparableLines(end))]
  const differing = [
    ...[...ours].filter((line) => !theirs.has(line)).map((line) => `+${line}`),
    ...[...theirs].filter((line) => !ours.has(line)).map((line) => `-${line}`),
  ]
  // What was read of opaque migrations may be right all the same: the schema that is reached decides.
  if (differing.length === 0) return { verdict: 'exact', detail: [] }
  return {
    verdict: unread.length > 0 ? 'unread' : 'different',
    detail: [...differing.slice(0, 6).map((line) => line.slice(0, 160)), ...unread],
  }
}
