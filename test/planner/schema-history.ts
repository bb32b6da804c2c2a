import { execFileSync } from 'node:child_process'
import { railsOfDump, railsOfLockfile } from '@conduct/planner'

export interface Added {
  readonly file: string
  readonly text: string
}

export interface Week {
  readonly from: string
  readonly to: string
  readonly date: string
  readonly added: readonly Added[]
}

/** The digits that the name of a migration begins with. */
function versionOf(file: string): string {
  return /^\d+/.exec(file.split('/').at(-1) ?? '')?.[0] ?? ''
}

const secondsPerWeek = 7 * 24 * 3600
const outputMax = 1 << 29
const versionsMax = 3

/** The weeks of a repository in which its main line changed `db/schema.rb`, with the migrations that came. */
export class History {
  readonly head: string
  readonly weeks: readonly Week[]
  readonly #folder: string
  readonly #texts = new Map<string, string>()
  readonly #versions = new Map<string, number>()
  readonly #ran = new Map<string, readonly string[]>()

  constructor(folder: string) {
    this.#folder = folder
    this.head = this.#git('rev-parse', 'HEAD')
    this.weeks = this.#weekEnds().map((week) => ({ ...week, added: this.addedBetween(week.from, week.to) }))
  }

  text(commit: string, path: string): string {
    const key = `${commit}:${path}`
    const known = this.#texts.get(key) ?? this.#git('show', key)
    this.#texts.set(key, known)
    return known
  }

  /** The Rails that a commit names; a dump without a version has the meaning which that one gives it. */
  railsAt(commit: string): number {
    const known = this.#versions.get(commit)
    if (known !== undefined) return known
    const lock = this.#isThere(commit, 'Gemfile.lock') ? this.text(commit, 'Gemfile.lock') : ''
    const version =
      railsOfLockfile(lock) ?? this.#railsOfSettings(commit) ?? railsOfDump(this.text(commit, 'db/schema.rb'))
    this.#versions.set(commit, version)
    return version
  }

  /** Before there were lockfiles. */
  #railsOfSettings(commit: string): number | null {
    const path = 'config/environment.rb'
    const text = this.#isThere(commit, path) ? this.text(commit, path) : ''
    const [, version] = /^RAILS_GEM_VERSION = '(\d+\.\d+)/m.exec(text) ?? []
    return version === undefined ? null : Number(version)
  }

  /** The newest first, and no more than the last few. */
  railsUntil({ from, to }: Pick<Week, 'from' | 'to'>): readonly number[] {
    const until = this.weeks.findIndex((week) => week.to === to)
    const before = this.weeks.slice(0, Math.max(until, 0)).map((week) => this.railsAt(week.to))
    return [...new Set([to, from].map((commit) => this.railsAt(commit)).concat(before.toReversed()))].slice(
      0,
      versionsMax,
    )
  }

  /** As they are now. */
  allMigrations(): readonly Added[] {
    const names = this.#git('ls-tree', '-r', '--name-only', 'HEAD', '--', 'db/migrate').split('\n')
    const files = names.filter((file) => file.endsWith('.rb'))
    return files.map((file) => ({ file, text: this.text('HEAD', file) }))
  }

  addedBetween(from: string, to: string): readonly Added[] {
    return this.#filesBetween(from, to, 'A').map((file) => ({ file, text: this.text(to, file) }))
  }

  /**
   * What ran between two dumps, by what they say: the migrations up to the later one's version, without those up to the earlier one's.
   * One that came before its dump did waits for it.
   */
  ranBetween(from: string, to: string): readonly Added[] {
    const before = new Set(this.#ranAt(from).map(versionOf))
    return this.#ranAt(to)
      .filter((file) => !before.has(versionOf(file)))
      .map((file) => ({ file, text: this.text(to, file) }))
  }

  #ranAt(commit: string): readonly string[] {
    const known = this.#ran.get(commit)
    if (known !== undefined) return known
    const [, said = ''] =
      /\.define\(\s*(?::version =>|version:)\s*([\d_]+)/.exec(this.text(commit, 'db/schema.rb')) ?? []
    const newest = BigInt(said.replaceAll('_', '') || '0')
    const names = this.#git('ls-tree', '-r', '--name-only', commit, '--', 'db/migrate').split('\n')
    const ran = names
      .filter((file) => file.endsWith('.rb') && BigInt(versionOf(file) || '0') <= newest)
      .toSorted()
    this.#ran.set(commit, ran)
    return ran
  }

  /** Migrations of earlier weeks that a week changes or takes away. */
  changedMigrations({ from, to }: Week): readonly string[] {
    const name = (file: string): string => file.split('/').at(-1) ?? file
    return [
      ...this.#filesBetween(from, to, 'M').map((file) => `changes ${name(file)}`),
      ...this.#filesBetween(from, to, 'D').map((file) => `removes ${name(file)}`),
    ]
  }

  #filesBetween(from: string, to: string, filter: string): readonly string[] {
    const names = this.#git(
      'diff',
      '--no-renames',
      '--name-only',
      `--diff-filter=${filter}`,
      from,
      to,
      '--',
      'db/migrate',
    )
    return names === ''
      ? []
      : names
          .split('\n')
          .filter((file) => file.endsWith('.rb'))
          .toSorted()
  }

  /** The last commit of each week in which the main line changed the schema, with that of the time before. */
  #weekEnds(): readonly Omit<Week, 'added'>[] {
    const log = this.#git('log', '--first-parent', '--reverse', '--format=%H %ct', '--', 'db/schema.rb')
    const last = new Map<number, string>()
    for (const line of log.split('\n')) {
      const [commit = '', seconds = '0'] = line.split(' ')
      last.set(Math.floor(Number(seconds) / secondsPerWeek), commit)
    }
    const ends = [...last].toSorted(([one], [other]) => one - other)
    return ends.slice(1).map(([week, to], at) => {
      const date = new Date(week * secondsPerWeek * 1000).toISOString().slice(0, 10)
      return { from: ends[at]?.[1] ?? '', to, date }
    })
  }

  #isThere(commit: string, path: string): boolean {
    return this.#git('ls-tree', '--name-only', commit, '--', path) !== ''
  }

  #git(...args: readonly string[]): string {
    return execFileSync('git', ['-C', this.#folder, ...args], {
      maxBuffer: outputMax,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .toString()
      .trimEnd()
  }
}
