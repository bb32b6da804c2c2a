import type { LaneConfig } from '@conduct/config'
import type { Answer, Evidence, LaneUse } from './evidence.ts'
import type { Severity } from './finding.ts'
import type { Revision } from './revision.ts'
import type { ConfigPath } from './reporter.ts'
import { counted, isSame } from './words.ts'

/** One lane in both revisions, also where its name changed. */
export interface LanePair {
  readonly name: string
  readonly nameBefore: string
  readonly before: LaneConfig
  readonly after: LaneConfig
  readonly sides: Sides
}

export interface Sides {
  readonly before: Revision
  readonly after: Revision
  readonly evidence: Evidence
}

export interface PairedLanes {
  readonly pairs: readonly LanePair[]
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

export function pairLanes(sides: Sides): PairedLanes {
  const old = sides.before.config.lanes
  const now = sides.after.config.lanes
  const gone = [...old].filter(([name]) => !now.has(name))
  const fresh = new Map([...now].filter(([name]) => !old.has(name)))
  const renamed = gone.flatMap(([nameBefore, before]) => {
    const match = [...fresh].find(([, after]) => isRename(before, after))
    if (match === undefined) return []
    fresh.delete(match[0])
    return [{ name: match[0], nameBefore, before, after: match[1], sides }]
  })
  const isRenamed = new Set(renamed.map(({ nameBefore }) => nameBefore))
  const kept = [...now].flatMap(([name, after]) => {
    const before = old.get(name)
    return before === undefined ? [] : [{ name, nameBefore: name, before, after, sides }]
  })
  return {
    pairs: [...kept, ...renamed],
    added: [...fresh.keys()],
    removed: gone.map(([name]) => name).filter((name) => !isRenamed.has(name)),
  }
}

/** What asks for it, or why it is there at all, is the same: only the name is new. */
function isRename(before: LaneConfig, after: LaneConfig): boolean {
  const isAsked = Object.values(before.triggers).some((each) => Array.isArray(each) && each.length > 0)
  if (isAsked) return isSame(before.triggers, after.triggers)
  return before.purpose !== '' && before.purpose === after.purpose
}

/** The path of a value of this lane, in the revision after and in the one before. */
export function inLane(pair: LanePair, ...keys: readonly string[]): { at: ConfigPath; atBefore: ConfigPath } {
  return { at: ['lanes', pair.name, ...keys], atBefore: ['lanes', pair.nameBefore, ...keys] }
}

export interface Standing {
  readonly use: LaneUse | null
  /** Somebody holds it or waits; also where nobody knows. */
  readonly mayBeUsed: boolean
  /** `it is held by cli:ana@host, and 2 wait`. */
  readonly words: string
  readonly details: readonly string[]
}

/** Who is in a lane now, as far as the store could be asked. */
export function standingOf({ lanes }: Evidence, lane: string): Standing {
  const answer: Answer<LaneUse> = lanes.get(lane) ?? { outcome: 'unknown', reason: 'nobody asked the store' }
  if (answer.outcome === 'unknown') {
    return {
      use: null,
      mayBeUsed: true,
      words: 'who holds it could not be asked',
      details: [`The store could not be asked: ${answer.reason}`],
    }
  }
  const { holders, waiting } = answer.value
  const held = holders.length === 0 ? 'nobody holds it' : `${namesOf(holders)} ${verb(holders)} it`
  const wait = waiting.length === 0 ? 'nobody waits' : counted(waiting.length, 'claim waits', 'claims wait')
  return {
    use: answer.value,
    mayBeUsed: holders.length + waiting.length > 0,
    words: `${held} and ${wait}`,
    details: [
      ...holders.map((each) => `Held by ${usageText(each)}`),
      ...waiting.map((each) => `Waited for by ${usageText(each)}`),
    ],
  }
}

export function underHolders(standing: Standing): Severity {
  return standing.mayBeUsed ? 'danger' : 'caution'
}

function namesOf(holders: LaneUse['holders']): string {
  const names = [...new Set(holders.map(({ holder }) => holder))]
  return names.length > 1 ? `${names[0]} and ${counted(names.length - 1, 'other')}` : (names[0] ?? '')
}

function verb(holders: LaneUse['holders']): string {
  return new Set(holders.map(({ holder }) => holder)).size === 1 ? 'holds' : 'hold'
}

function usageText({ holder, since, resources }: LaneUse['holders'][number]): string {
  const covered = resources.length === 1 && resources[0] === '*' ? '' : ` (${resources.join(', ')})`
  return `${holder} since ${since}${covered}`
}
