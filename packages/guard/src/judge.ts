import type { Need } from './change.ts'

/** What somebody has in a lane, or wants. */
export interface StandingClaim {
  readonly claim: string
  readonly holder: string
  readonly resources: readonly string[]
  readonly state: 'held' | 'offered' | 'waiting' | 'parked'
}

/** A lane as it stands now. */
export interface Standing<Claim extends StandingClaim = StandingClaim> {
  readonly lane: string
  /** Those who hold it, or were offered it. */
  readonly holders: readonly Claim[]
  readonly waiting: readonly Claim[]
  /** Claims that the asker proved to be theirs: with their secrets, or by what the forge says. */
  readonly mine: ReadonlySet<string>
}

export interface JudgedNeed<Claim extends StandingClaim = StandingClaim> extends Need {
  readonly isHeldByMe: boolean
  /** The first of those who have a part of it and are not the asker. */
  readonly holder: Claim | null
  /** The asker's own place, where there is one that is no lease: an offer, or a place in line. */
  readonly place: Claim | null
}

export interface Judgement<Claim extends StandingClaim = StandingClaim> {
  /** `held`: somebody else has what is needed. `refused`: nobody has it, the asker has not taken it. */
  readonly verdict: 'clear' | 'held' | 'refused'
  readonly needs: readonly JudgedNeed<Claim>[]
}

/**
 * Whether the asker may: every lane that is needed has to be held by them, for all its resources.
 *
 * A need whose resource nobody can name is met by any lease of that lane: only its holder knows what it is for.
 */
export function judge<Claim extends StandingClaim>(
  wanted: readonly Need[],
  standings: readonly Standing<Claim>[],
): Judgement<Claim> {
  const judged = wanted.map((need): JudgedNeed<Claim> => {
    const standing = standings.find(({ lane }) => lane === need.lane)
    if (standing === undefined) return { ...need, isHeldByMe: false, holder: null, place: null }
    const { holders, waiting, mine } = standing
    const own = holders.filter(({ claim, state }) => mine.has(claim) && state === 'held')
    const covered = new Set(own.flatMap(({ resources }) => resources))
    const isHeldByMe =
      need.resources === null ? own.length > 0 : need.resources.every((each) => covered.has(each))
    const touches = ({ resources }: Claim): boolean =>
      need.resources === null || resources.some((each) => need.resources?.includes(each) === true)
    const others = holders.filter((each) => !mine.has(each.claim) && touches(each))
    const places = [...holders.filter(({ state }) => state === 'offered'), ...waiting]
    return {
      ...need,
      isHeldByMe,
      holder: isHeldByMe ? null : (others[0] ?? null),
      place: isHeldByMe ? null : (places.find((each) => mine.has(each.claim) && touches(each)) ?? null),
    }
  })
  const missing = judged.filter((need) => !need.isHeldByMe)
  const verdict =
    missing.length === 0 ? 'clear' : missing.some((need) => need.holder !== null) ? 'held' : 'refused'
  return { verdict, needs: judged }
}
