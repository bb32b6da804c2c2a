import { ConductError } from '@conduct/core'
import type { LaneDefinition } from '../document.ts'
import type { Store } from '../store.ts'

/** What may be said about a lane; everything has the default of lanes.yaml. Durations are milliseconds. */
export type LaneOptions = Partial<Omit<LaneDefinition, 'scope' | 'order' | 'whenHeld'>> & {
  /**
   * What a claim covers: `global` (default) the whole lane, `repo` and `project` exactly one name, `repo_set` one or
   * more, taken together.
   */
  readonly scope?: LaneDefinition['scope']
  /** `strict` (default), `eager`, or how often a claim may be passed at most. */
  readonly order?: LaneDefinition['order']
  readonly whenHeld?: LaneDefinition['whenHeld']
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute

const defaults = {
  scope: 'global',
  limit: 1,
  order: 'strict',
  whenHeld: 'queue',
  ttlMs: 15 * minute,
  renewMs: 30 * second,
  marginMs: minute,
  waitingTtlMs: 24 * hour,
  waitingMax: 200,
  acceptMs: 15 * minute,
  captains: [],
  holders: null,
  purpose: '',
} as const satisfies Omit<LaneDefinition, 'takeoverDelayMs'>

/** Forges advise at most 6 pushes a minute per repository. */
const renewMsGit = minute

/** Clocks may be slow by so much: a margin of a smaller share of the ttl would let two leases overlap. */
const slowClockShare = 20

/**
 * A lane with the defaults of lanes.yaml: a ttl of 15 minutes, renewed every 30 seconds (in a git store: every
 * minute), with a margin of a minute.
 *
 * @param store decides the renewal interval where none is given.
 * @throws ConductError LANE_DEFINITION  renew × 3 + margin is not below the ttl, the margin is below a twentieth of
 *   it, or the limit is no whole number from 1.
 */
export function defineLane(options: LaneOptions = {}, store?: Pick<Store, 'kind'>): LaneDefinition {
  const renewMs = options.renewMs ?? (store?.kind === 'git' ? renewMsGit : defaults.renewMs)
  const marginMs = options.marginMs ?? defaults.marginMs
  const takeoverDelayMs = options.takeoverDelayMs ?? 2 * renewMs + marginMs
  const definition = { ...defaults, ...options, renewMs, marginMs, takeoverDelayMs }
  const problem = problemOf(definition)
  if (problem !== null) throw new ConductError('LANE_DEFINITION', `No lane can work like that: ${problem}.`)
  return definition
}

function problemOf({ limit, ttlMs, renewMs, marginMs, ...rest }: LaneDefinition): string | null {
  const times = { ttlMs, renewMs, marginMs, waitingTtlMs: rest.waitingTtlMs, acceptMs: rest.acceptMs }
  const odd = Object.entries(times).find(([, ms]) => !(Number.isFinite(ms) && ms > 0))
  if (odd !== undefined) return `${odd[0]} is ${odd[1]}, not a number of milliseconds above 0`
  if (!Number.isSafeInteger(limit) || limit < 1) return `limit is ${limit}, not a whole number from 1`
  if (renewMs * 3 + marginMs >= ttlMs) {
    return `renewMs × 3 + marginMs is ${renewMs * 3 + marginMs}, which is not below ttlMs ${ttlMs}`
  }
  if (marginMs * slowClockShare < ttlMs) {
    return `marginMs ${marginMs} is below a twentieth of ttlMs ${ttlMs}: slow clocks would overlap`
  }
  return null
}
