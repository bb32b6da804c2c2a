import type { Triggers } from '@conduct/config'
import type { Severity } from '../finding.ts'
import { caughtText, type Comparison, compareNeeds, slippedText } from '../history.ts'
import { inLane, type LanePair } from '../lane-pair.ts'
import type { Reporter } from '../reporter.ts'
import { missingFrom, named } from '../words.ts'

type Key = keyof Triggers

/** What asks for the lane: less than before lets work slip by, more makes others wait. */
export function reviewTriggers(pair: LanePair, out: Reporter): void {
  reviewPlaces(pair, out)
  for (const key of ['flags', 'commands', 'actions'] as const) {
    const lost = missingFrom(pair.before.triggers[key], pair.after.triggers[key])
    const gained = missingFrom(pair.after.triggers[key], pair.before.triggers[key])
    const at = inLane(pair, 'triggers', key)
    if (lost.length > 0) {
      out.report('TRIGGER_NARROWED', {
        severity: key === 'actions' ? 'danger' : 'caution',
        message: `lane "${pair.name}" is no longer asked for by the ${wordOf(key, lost)} ${named(lost)}`,
        ...at,
      })
    }
    if (gained.length > 0) {
      out.report('TRIGGER_WIDENED', {
        severity: 'info',
        message: `lane "${pair.name}" is now also needed for the ${wordOf(key, gained)} ${named(gained)}`,
        ...at,
      })
    }
  }
}

function wordOf(key: Key, values: readonly string[]): string {
  return values.length === 1 ? key.slice(0, -1) : key
}

/** Paths and the repos they are looked for in, with the files of the latest history. */
function reviewPlaces(pair: LanePair, out: Reporter): void {
  const paths = comparePaths(pair)
  const repos = compareRepos(pair)
  const { before, after, evidence } = pair.sides
  const old = { config: before.config, lane: pair.nameBefore }
  const now = { config: after.config, lane: pair.name }
  const lost = [...paths.lost, ...repos.lost]
  if (lost.length > 0) {
    const slipped = compareNeeds({ from: old, to: now, evidence })
    out.report('TRIGGER_NARROWED', {
      severity: slipSeverity(slipped),
      message: `lane "${pair.name}" no longer ${lost.join(', and no longer ')}: ${slippedText(slipped)}`,
      ...inLane(pair, 'triggers', paths.lost.length > 0 ? 'paths' : 'repos'),
      details: slipped.gaps,
      files: slipped.files,
    })
  }
  const gained = [...paths.gained, ...repos.gained]
  if (gained.length > 0) {
    const caught = compareNeeds({ from: now, to: old, evidence })
    out.report('TRIGGER_WIDENED', {
      severity: 'info',
      message: `lane "${pair.name}" now also ${gained.join(', and ')}: ${caughtText(caught)}`,
      ...inLane(pair, 'triggers', paths.gained.length > 0 ? 'paths' : 'repos'),
      details: caught.gaps,
      files: caught.files,
    })
  }
  out.explain(inLane(pair, 'triggers').at)
}

export function slipSeverity({ files, gaps }: Comparison): Severity {
  if (files.some(({ otherLanes }) => otherLanes.length === 0)) return 'danger'
  return files.length > 0 || gaps.length > 0 ? 'caution' : 'info'
}

interface Difference {
  readonly lost: readonly string[]
  readonly gained: readonly string[]
}

/** A pattern with `!` takes paths out: to add one is to ask for less. */
function comparePaths({ before, after }: LanePair): Difference {
  const gone = missingFrom(before.triggers.paths, after.triggers.paths)
  const fresh = missingFrom(after.triggers.paths, before.triggers.paths)
  const isTakingOut = (pattern: string): boolean => pattern.startsWith('!')
  const asks = (patterns: readonly string[], verb: string): readonly string[] =>
    patterns.length === 0 ? [] : [`${verb} ${named(patterns)}`]
  const isReordered =
    gone.length + fresh.length === 0 &&
    before.triggers.paths.some(isTakingOut) &&
    before.triggers.paths.join('\n') !== after.triggers.paths.join('\n')
  const bare = (patterns: readonly string[]): readonly string[] =>
    patterns.map((each) => each.replace(/^!/, ''))
  return {
    lost: [
      ...asks(
        gone.filter((each) => !isTakingOut(each)),
        'looks at',
      ),
      ...asks(bare(fresh.filter(isTakingOut)), 'looks at what it now takes out,'),
      ...(isReordered ? ['has its patterns in the order they had'] : []),
    ],
    gained: [
      ...asks(
        fresh.filter((each) => !isTakingOut(each)),
        'looks at',
      ),
      ...asks(bare(gone.filter(isTakingOut)), 'looks at what it took out,'),
    ],
  }
}

function compareRepos({ before, after }: LanePair): Difference {
  const old = before.triggers.repos
  const now = after.triggers.repos
  if (old === null && now === null) return { lost: [], gained: [] }
  if (old === null) return { lost: [`looks at every repo, only at ${named(now ?? [])}`], gained: [] }
  if (now === null) return { lost: [], gained: ['looks at every repo'] }
  const inRepos = (repos: readonly string[]): readonly string[] =>
    repos.length === 0 ? [] : [`looks at the repo${repos.length === 1 ? '' : 's'} ${named(repos)}`]
  return { lost: inRepos(missingFrom(old, now)), gained: inRepos(missingFrom(now, old)) }
}
