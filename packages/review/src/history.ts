import type { LanesConfig } from '@conduct/config'
import { type Change, needs } from '@conduct/guard'
import { type Evidence, historyDays, type RepoHistory } from './evidence.ts'
import type { TouchedFile } from './finding.ts'
import { counted } from './words.ts'

/** Files of the latest history that needed a lane in one revision and not in the other. */
export interface Comparison {
  readonly files: readonly TouchedFile[]
  /** How many were looked at. */
  readonly looked: number
  /** Repos whose history is not known, or not all of it, with the reason. */
  readonly gaps: readonly string[]
}

interface Side {
  readonly config: LanesConfig
  /** The lane's name there; null: it does not exist there. */
  readonly lane: string | null
}

/**
 * What the lane asked for in `from` and does not ask for in `to`, by the guard's own judgement. `otherLanes` of a file are those
 * that it needs in `to`.
 */
export function compareNeeds(options: {
  readonly from: Side
  readonly to: Side
  readonly evidence: Evidence
}): Comparison {
  const { from, to, evidence } = options
  const files: TouchedFile[] = []
  const gaps: string[] = []
  let looked = 0
  for (const repo of reposAsked(from)) {
    const answer = evidence.history.get(repo)
    if (answer?.outcome !== 'known') {
      gaps.push(`The history of ${repo} could not be asked: ${answer?.reason ?? 'nobody looked'}`)
      continue
    }
    const { cutAt } = answer.value
    if (cutAt !== null) gaps.push(`The history of ${repo} is known only since ${cutAt}: the clone is shallow`)
    looked += answer.value.files.length
    files.push(...slippedIn(repo, answer.value, { from, to }))
  }
  return { files, looked, gaps }
}

/** The repos whose files a lane asks about; none where it looks at no paths. */
export function reposAsked({ config, lane }: Side): readonly string[] {
  const triggers = lane === null ? undefined : config.lanes.get(lane)?.triggers
  if (triggers === undefined || triggers.paths.length === 0) return []
  return triggers.repos ?? [...config.repos.keys()]
}

function slippedIn(
  repo: string,
  { files }: RepoHistory,
  { from, to }: { readonly from: Side; readonly to: Side },
): readonly TouchedFile[] {
  const lane = from.lane === null ? undefined : from.config.lanes.get(from.lane)
  if (from.lane === null || lane === undefined) return []
  const only = { lanes: new Map([[from.lane, lane]]), projects: from.config.projects }
  const asked = needs(changeOf(repo, files), only).flatMap(({ because }) => because)
  const after = new Map<string, string[]>()
  for (const need of needs(
    changeOf(
      repo,
      asked.map(({ match }) => match),
    ),
    to.config,
  )) {
    for (const { match } of need.because) after.set(match, [...(after.get(match) ?? []), need.lane])
  }
  return asked.flatMap(({ match, rule }): readonly TouchedFile[] => {
    const otherLanes = after.get(match) ?? []
    return to.lane !== null && otherLanes.includes(to.lane) ? [] : [{ repo, path: match, rule, otherLanes }]
  })
}

function changeOf(repo: string, paths: readonly string[]): Change {
  return { repo, project: null, paths, flags: [], commands: [], actions: [] }
}

/** `3 files of the last 90 days needed it, and 2 of them would need no lane`. */
export function slippedText({ files, looked, gaps }: Comparison): string {
  if (files.length === 0) {
    return looked === 0 && gaps.length > 0
      ? 'which files that concerns could not be asked'
      : `of the ${counted(looked, 'file')} ${gaps.length > 0 ? 'known to have ' : ''}changed in the last ${historyDays} days none needed it for that`
  }
  const free = files.filter(({ otherLanes }) => otherLanes.length === 0).length
  const rest =
    free === files.length
      ? 'would need no lane now'
      : free === 0
        ? 'would need another lane instead'
        : `would not now, ${free} of them no lane at all`
  return `${counted(files.length, 'file')} changed in the last ${historyDays} days needed it and ${rest}`
}

export function caughtText({ files, looked, gaps }: Comparison): string {
  if (looked === 0 && gaps.length > 0) return 'how many changes would meet it could not be asked'
  return files.length === 0
    ? `of the ${counted(looked, 'file')} changed in the last ${historyDays} days none would have needed it for that`
    : `${counted(files.length, 'file')} changed in the last ${historyDays} days would have needed it`
}
