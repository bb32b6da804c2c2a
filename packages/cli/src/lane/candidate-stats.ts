import { toTimestamp } from '@conduct/core'
import { type CandidateConflict, type CandidateDocument, candidateDocumentId } from '@conduct/guard'
import { toWireConflict } from '../guard/wire.ts'
import type { Estate } from '../estate/open-estate.ts'
import type { Style } from '../output/style.ts'
import { timeOfDay } from './text.ts'

/** From here on a lane is justified; `conduct check` says the same of declared incidents. */
export const bittenMin = 2
/** Shown of each candidate; the rest is counted. */
const shownMax = 3

export interface CandidateStats {
  readonly candidate: string
  /** Declared in lanes.yaml. */
  readonly incidents: number
  /** Of the time that is looked back, latest first. */
  readonly conflicts: readonly CandidateConflict[]
  /** Ever. */
  readonly counted: number
}

/** What the guard counted, and lanes.yaml declares: the evidence that a new lane needs. */
export async function readCandidateStats(
  { config, store }: Pick<Estate, 'config' | 'store'>,
  { windowMs }: { readonly windowMs: number },
): Promise<readonly CandidateStats[]> {
  if (config.candidates.size === 0) return []
  const { wallMs } = await store.register.now()
  return Promise.all(
    [...config.candidates].map(async ([candidate, { incidents }]) => {
      const stored = await store.register.read<CandidateDocument>(candidateDocumentId(candidate))
      const all = stored?.document.conflicts ?? []
      return {
        candidate,
        incidents: incidents.length,
        conflicts: all.filter(({ atMs }) => wallMs - atMs <= windowMs).toReversed(),
        counted: stored?.document.counted ?? 0,
      }
    }),
  )
}

export function candidateStatsText(stats: CandidateStats, style: Style): string {
  const { candidate, incidents, conflicts, counted } = stats
  const times = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
  const head = `${style.bold(candidate)} (a candidate, no lane): ${times(conflicts.length, 'conflict')} counted by the guard, ${times(counted, 'conflict')} ever, ${times(incidents, 'incident')} declared\n`
  const shown = conflicts.slice(0, shownMax).map(({ atMs, repo, sides }) => {
    const who = sides.map(({ person, branch, paths }) => {
      const more = paths.length > 1 ? ` and ${paths.length - 1} more` : ''
      return `${person}${branch === null ? '' : ` on ${branch}`} (${paths[0] ?? ''}${more})`
    })
    return `  ${timeOfDay(toTimestamp(atMs))} ${repo}: ${who.join(', ')}\n`
  })
  const bitten = isBittenTwice(stats)
    ? `  ${style.yellow('!')} It has bitten twice: declare the lane, with these as its justification.\n`
    : ''
  return `${head}${shown.join('')}${bitten}`
}

export function toWireCandidateStats(stats: CandidateStats) {
  const { candidate, incidents, conflicts, counted } = stats
  return {
    candidate,
    incidents,
    counted,
    conflicts: conflicts.map(toWireConflict),
    bitten_twice: isBittenTwice(stats),
  }
}

function isBittenTwice({ incidents, counted }: CandidateStats): boolean {
  return counted >= bittenMin || incidents >= bittenMin
}
