import { toTimestamp } from '@conduct/core'
import type { Because, CandidateConflict, JudgedNeed, Need } from '@conduct/guard'
import { toWireHolder } from '../lane/wire.ts'
import type { GuardClaim } from './ask-store.ts'
import type { CountedCandidate } from './count-candidates.ts'
import type { Smuggling } from './smuggling.ts'

export function toWireNeed(need: JudgedNeed<GuardClaim>, take: string) {
  const { lane, because, isHeldByMe, holder, place } = need
  return {
    lane,
    ...wireResources(need),
    because: because.map(toWireBecause),
    held_by_me: isHeldByMe,
    ...(holder === null ? {} : { holder: toWireHolder(holder) }),
    ...(place === null ? {} : { place: { claim: place.claim, state: place.state } }),
    ...(isHeldByMe ? {} : { take }),
  }
}

/** Nobody can say which: the list is empty, and says so. */
function wireResources({ resources }: Pick<Need, 'resources'>): object {
  return resources === null ? { resources: [], resource_unknown: true } : { resources }
}

export function toWireBecause({ kind, rule, match, isCertain }: Because) {
  return { kind, rule, match, ...(isCertain ? {} : { certain: false }) }
}

export function toWireCandidate({ candidate, because, outcome, conflicts, problem }: CountedCandidate) {
  return {
    candidate,
    because: because.map(toWireBecause),
    outcome,
    conflicts: conflicts.map(toWireConflict),
    ...(problem === null ? {} : { problem }),
  }
}

export function toWireSmuggled({ kind, place, why, remedy }: Smuggling['signals'][number]) {
  return { kind, file: place.file, line: place.line, why, remedy }
}

export function toWireConflict({ atMs, repo, sides }: CandidateConflict) {
  return { at: toTimestamp(atMs), repo, between: sides }
}
