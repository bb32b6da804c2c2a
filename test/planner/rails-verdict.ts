import { applyOperations, emptySchema, railsOfDump, type RailsReader, type Schema } from '@conduct/planner'

import { comparableLines } from './comparable-schema.ts'
import { startRailsJudge, type RailsAnswer } from './rails-judge.ts'
import type { Added, History, Week } from './schema-history.ts'

/** What real Rails makes of a week. */
export type RailsVerdict =
  | { readonly outcome: 'reached' }
  /** With the objects that differ from the repository's own file: `+` is only reached, `-` only in the file. */
  | { readonly outcome: 'not reached'; readonly objects: ReadonlySet<string> }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'unable'; readonly reason: string }

export interface WeekJudge extends AsyncDisposable {
  readonly judge: (week: Week) => Promise<RailsVerdict>
}

/** The Rails whose dumps are compared: one writes all of them. */
const dumping = 6.1

/** @param postgres the reader of what that Rails dumps. */
export async function startWeekJudge(
  history: History,
  { postgres, isMysql }: { readonly postgres: RailsReader; readonly isMysql: boolean },
): Promise<WeekJudge> {
  const rails = await startRailsJudge()
  const dumps = new Map<string, Promise<RailsAnswer>>()
  const run = (commit: string, migrations: readonly Added[], version: number): Promise<RailsAnswer> => {
    const schema = history.text(commit, 'db/schema.rb')
    const dumpedBy = Math.min(railsOfDump(schema), history.railsAt(commit))
    return rails.run({ schema, migrations, dumpedBy, rails: version, isMysql })
  }
  const dumpOf = (commit: string): Promise<RailsAnswer> => {
    const known = dumps.get(commit) ?? run(commit, [], dumping)
    dumps.set(commit, known)
    return known
  }
  const once = async (week: Week, migrations: readonly Added[], version: number): Promise<RailsVerdict> => {
    const file = await dumpOf(week.to)
    if (file.outcome !== 'ran') return { outcome: 'unable', reason: `schema.rb: ${file.reason}` }
    const reached = await run(week.from, migrations, version)
    if (reached.outcome !== 'ran') return reached
    if (sameLines(file.dump, reached.dump)) return { outcome: 'reached' }
    const [theirs, ours] = [file, reached].map(({ dump }) => new Set(comparableLines(read(dump), dumping)))
    return { outcome: 'not reached', objects: differingObjects(ours ?? new Set(), theirs ?? new Set()) }
  }
  const read = (text: string): Schema => {
    const { operations } = postgres.readSchema({ file: 'db/schema.rb', text, rails: dumping })
    const applied = applyOperations(emptySchema, operations)
    if (applied.outcome === 'refused') throw new Error(`a dump of Rails is not read: ${applied.problem}`)
    return applied.schema
  }
  return {
    judge: async (week) => {
      const ran = history.ranBetween(week.from, week.to)
      const isSame =
        ran.length === week.added.length && ran.every(({ file }, at) => file === week.added[at]?.file)
      let best: RailsVerdict | null = null
      for (const migrations of isSame ? [ran] : [week.added, ran]) {
        for (const version of meaningsOf(history.railsUntil(week))) {
          const verdict = await once(week, migrations, version)
          if (verdict.outcome === 'reached') return verdict
          if (best === null || weightOf(verdict) < weightOf(best)) best = verdict
        }
      }
      return best ?? { outcome: 'unable', reason: 'no migrations' }
    },
    [Symbol.asyncDispose]: () => rails[Symbol.asyncDispose](),
  }
}

/** Of the versions that may have run it, those that the judge tells apart: Rails 3 had its own time stamps. */
function meaningsOf(versions: readonly number[]): readonly number[] {
  const isThree = (version: number): boolean => version >= 3 && version < 4
  const [first = dumping] = versions
  const other = versions.find((each) => isThree(each) !== isThree(first))
  return other === undefined ? [first] : [first, other]
}

/** What differs in the least is what was run. */
function weightOf(verdict: RailsVerdict): number {
  if (verdict.outcome === 'not reached') return verdict.objects.size
  return verdict.outcome === 'refused' ? Number.MAX_SAFE_INTEGER : Number.POSITIVE_INFINITY
}

/** By their texts: each line with its table, in no order, without the version. */
function sameLines(one: string, other: string): boolean {
  const [ours, theirs] = [one, other].map(linesOfDump)
  return onlyInOne(ours ?? new Set(), theirs ?? new Set()).length === 0
}

export function onlyInOne(one: ReadonlySet<string>, other: ReadonlySet<string>): readonly string[] {
  return [...[...one].filter((each) => !other.has(each)), ...[...other].filter((each) => !one.has(each))]
}

function linesOfDump(text: string): Set<string> {
  const lines = new Set<string>()
  let table = ''
  for (const line of text.split('\n')) {
    table = /^ {2}create_table "([^"]+)"/.exec(line)?.[1] ?? table
    if (line.startsWith('    ')) lines.add(`${table}: ${line.trim()}`)
    else if (/^ {2}\S/.test(line)) lines.add(line.trim())
  }
  return lines
}

/** What differs between the lines of two schemas: which object, and which of the two has it as it is. */
export function differingObjects(
  reached: ReadonlySet<string>,
  file: ReadonlySet<string>,
): ReadonlySet<string> {
  const only = (lines: ReadonlySet<string>, without: ReadonlySet<string>): readonly string[] =>
    [...lines].filter((line) => !without.has(line)).map(objectOf)
  return new Set([
    ...only(reached, file).map((each) => `+${each}`),
    ...only(file, reached).map((each) => `-${each}`),
  ])
}

/** An index is named with its table, as MySQL does. */
function objectOf(line: string): string {
  const [, kind = '', name = ''] = /^(\w+) (\S+)/.exec(line) ?? []
  const [, table] = /"table":"([^"]+)"/.exec(line) ?? []
  return kind === 'index' && table !== undefined && !name.startsWith(`${table}.`)
    ? `${kind} ${table}.${name}`
    : `${kind} ${name}`
}

/** What Postgres cannot tell of a schema of MySQL: sizes of texts, signs, collations, beginnings of columns. */
export function asPostgresTells(line: string): string {
  return line
    .replace(/"(?:tiny|medium|long)(text|blob)"/, '"$1"')
    .replace(/"(?:tinyint|smallint)( unsigned)?"/, '"smallint"')
    .replace(/"mediumint( unsigned)?"/, '"int"')
    .replace(/ unsigned"/, '"')
    .replace(/"more":"[a-z0-9_]+",/, '')
    .replace(/\(\d+\)"/g, '"')
}
