/**
 * Conflicts in what is no lane yet: counted, so that a lane is declared for a reason, and never enforced.
 *
 * A conflict is two people who change the candidate's paths in one repository within `candidateWindowMs`, neither of whom builds
 * on what the other made. A change is one person's work on one branch for as long as they go on within that window, and two
 * changes conflict once, however often a hook looks at them.
 */

/** lanes.yaml leaves it open: a working day and the night after it. */
export const candidateWindowMs = 24 * 60 * 60_000

/** One person's work in a candidate's paths, on one branch. */
export interface CandidateWork {
  /** A key of `people`, else the name they go by. */
  readonly person: string
  readonly repo: string
  /** Null: on none. */
  readonly branch: string | null
  /** What each path became; a null blob: it is gone. */
  readonly paths: readonly CandidatePath[]
}

export interface CandidatePath {
  readonly path: string
  readonly blob: string | null
}

export interface CandidateTouch extends CandidateWork {
  /** When it was first and last seen; times of the store. */
  readonly sinceMs: number
  readonly lastMs: number
}

export interface CandidateSide {
  readonly person: string
  readonly branch: string | null
  readonly paths: readonly string[]
}

export interface CandidateConflict {
  /** The same two changes have the same key, whoever of the two is looked at. */
  readonly key: string
  readonly atMs: number
  readonly repo: string
  /** Who was there first stands first. */
  readonly sides: readonly [CandidateSide, CandidateSide]
}

/** What a store keeps of a candidate. */
export interface CandidateDocument {
  readonly format: 1
  readonly touches: readonly CandidateTouch[]
  /** The latest, oldest first. */
  readonly conflicts: readonly CandidateConflict[]
  /** All that were ever counted, those that are no longer listed among them. */
  readonly counted: number
}

const touchesMax = 200
const conflictsMax = 200
const pathsMax = 100
/** A change that goes on is written down again once that is due, not at every look. */
const refreshMs = 60 * 60_000

export function candidateDocumentId(candidate: string): string {
  return `candidate/${candidate}`
}

/** The work of others that this meets, unless it is over: to be looked up before it is counted. */
export function othersIn(
  document: CandidateDocument | null,
  work: CandidateWork,
  nowMs: number,
): readonly CandidateTouch[] {
  return (document?.touches ?? []).filter(
    (each) => each.repo === work.repo && each.person !== work.person && isRecent(each, nowMs),
  )
}

export interface CandidateCount {
  /** Null: all of it is written down already. */
  readonly write: CandidateDocument | null
  /** Conflicts of this work: those counted now, and those that were. */
  readonly counted: readonly CandidateConflict[]
  readonly known: readonly CandidateConflict[]
}

/**
 * Pure: what a look at somebody's work makes of the document.
 *
 * @param look.isOver whether this work builds on what the other made: that is merged, and no conflict
 * @param look.isOnBehalf somebody else looks, for whom the forge names; a branch that was seen already is its maker's
 */
export function countWork(
  document: CandidateDocument | null,
  work: CandidateWork,
  look: {
    readonly nowMs: number
    readonly isOver: (touch: CandidateTouch) => boolean
    readonly isOnBehalf: boolean
  },
): CandidateCount {
  const { nowMs, isOver, isOnBehalf } = look
  const before: CandidateDocument = document ?? { format: 1, touches: [], conflicts: [], counted: 0 }
  const recent = before.touches.filter((each) => isRecent(each, nowMs))
  const isSeen = recent.some(({ repo, branch }) => repo === work.repo && branch === work.branch)
  if (isOnBehalf && isSeen) return { write: null, counted: [], known: [] }
  const over = new Set(othersIn(before, work, nowMs).filter(isOver))
  const open = recent.filter((each) => !over.has(each))
  const former = open.find((each) => isSameChange(each, work))
  const touch = touchOf(former, work, nowMs)
  const met = othersIn({ ...before, touches: open }, work, nowMs).map((other) =>
    conflictOf(other, touch, nowMs),
  )
  const keys = new Set(before.conflicts.map(({ key }) => key))
  const counted = met.filter(({ key }) => !keys.has(key))
  const known = met.filter(({ key }) => keys.has(key))
  const isDue = former === undefined || nowMs - former.lastMs >= refreshMs || isOtherWork(former, touch)
  if (!isDue && counted.length === 0 && over.size === 0) return { write: null, counted, known }
  const touches = [...open.filter((each) => each !== former), touch]
  return {
    write: {
      format: 1,
      touches: touches.slice(-touchesMax),
      conflicts: [...before.conflicts, ...counted].slice(-conflictsMax),
      counted: before.counted + counted.length,
    },
    counted,
    known,
  }
}

function isRecent({ lastMs }: CandidateTouch, nowMs: number): boolean {
  return nowMs - lastMs < candidateWindowMs
}

function isSameChange(one: CandidateWork, other: CandidateWork): boolean {
  return one.person === other.person && one.repo === other.repo && one.branch === other.branch
}

function touchOf(former: CandidateTouch | undefined, work: CandidateWork, nowMs: number): CandidateTouch {
  const paths = new Map([...(former?.paths ?? []), ...work.paths].map((each) => [each.path, each]))
  return {
    ...work,
    paths: [...paths.values()].slice(-pathsMax),
    sinceMs: former?.sinceMs ?? nowMs,
    lastMs: nowMs,
  }
}

function isOtherWork(former: CandidateTouch, touch: CandidateTouch): boolean {
  const blobs = new Map(former.paths.map(({ path, blob }) => [path, blob]))
  return touch.paths.some(({ path, blob }) => blobs.get(path) !== blob)
}

function conflictOf(other: CandidateTouch, touch: CandidateTouch, nowMs: number): CandidateConflict {
  const sides = [changeKey(other), changeKey(touch)].sort()
  return {
    key: JSON.stringify([touch.repo, ...sides]),
    atMs: nowMs,
    repo: touch.repo,
    sides: [sideOf(other), sideOf(touch)],
  }
}

/** Of one change, as long as it goes on. */
export function changeKey({ person, branch, sinceMs }: CandidateTouch): string {
  return JSON.stringify([person, branch, sinceMs])
}

function sideOf({ person, branch, paths }: CandidateTouch): CandidateSide {
  return { person, branch, paths: paths.map(({ path }) => path) }
}
