import { type ClaimId, ConductError, type Identity, toTimestamp } from '@conduct/core'
import type {
  AcquireOptions as EngineAcquireOptions,
  ClaimProof as EngineClaimProof,
  Lane as EngineLane,
} from '../api.ts'
import { wholeLane } from '../core/slots.ts'
import type { LaneDefinition } from '../document.ts'
import type { HistoryRecord } from '../history-record.ts'
import { systemClock } from '../host/system-clock.ts'
import { openLanes as openEngine } from '../open-lanes.ts'
import type { Store } from '../store.ts'
import { defineLane, type LaneOptions } from './define-lane.ts'
import { ownHolder, toIdentity } from './identity.ts'
import type { AcquireOptions, AcquireResult, ClaimProof, HistoryEntry, Lane } from './lane.ts'

export interface OpenLanesOptions<Name extends string = string> {
  readonly store: Store
  /**
   * The lanes by their names, in the order in which one process may take several of them. What is said here is used
   * when a lane is asked for the first time ever; from then on the definition in the store decides (`lane.apply`).
   */
  readonly lanes: Readonly<Record<Name, LaneOptions>>
  /** `surface:name`, as in `bot:deploy`. Default: `bot:<login>@<host>#<folder>`. */
  readonly holder?: string
  /** Whom the holder stands for, where `captains` and `holders` of lanes name people. */
  readonly person?: string
  /**
   * Secret of the claim that a parent process holds: what it covers is inherited and never waited for.
   * Default: `CONDUCT_CLAIM` of the environment, which `conduct exec` sets; null: inherit nothing.
   */
  readonly parentClaim?: string | null
  /** Told what happens to claims of this process. It must not throw. */
  readonly onEvent?: (event: LaneEvent) => void
}

export type LaneEvent =
  | {
      readonly type: 'lane_changed'
      readonly lane: string
      readonly change:
        | 'queued'
        | 'granted'
        | 'renewed'
        | 'lost'
        | 'kept'
        | 'parked'
        | 'released'
        | 'caught_up'
      /** For people. */
      readonly detail: string
    }
  | { readonly type: 'warning'; readonly code: string; readonly message: string }

export interface Lanes<Name extends string = string> {
  /** @throws ConductError LANE_UNKNOWN */
  lane(name: Name): Lane
  names(): readonly Name[]
}

/** As in lanes.yaml: a name becomes a part of keys, paths and refs. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/**
 * The lanes of one place, as one process sees them. Nothing is read or written before a lane is asked for something.
 *
 * @throws ConductError LANE_DEFINITION  a lane that cannot work; LANE_REQUEST  a holder without a surface.
 */
export function openLanes<const Name extends string>(options: OpenLanesOptions<Name>): Lanes<Name> {
  const { store, onEvent } = options
  const definitions = new Map<string, LaneDefinition>()
  for (const [name, lane] of Object.entries<LaneOptions>(options.lanes)) {
    if (!namePattern.test(name)) {
      throw new ConductError('LANE_DEFINITION', `${JSON.stringify(name)} is no name of a lane.`)
    }
    definitions.set(name, defineLane(lane, store))
  }
  const person = options.person ?? null
  const identity = toIdentity(options.holder ?? ownHolder(), person)
  const parentClaim = options.parentClaim === undefined ? process.env['CONDUCT_CLAIM'] : options.parentClaim
  const engine = openEngine({
    store,
    definitions,
    identity,
    clock: systemClock,
    ...(parentClaim === undefined || parentClaim === null ? {} : { parentClaim }),
    emit: (event) => {
      if (event.type === 'lane_changed' || event.type === 'warning') onEvent?.(event)
    },
  })
  const opened = new Map<string, Lane>()
  return {
    // They are the keys of `options.lanes`.
    names: () => engine.names() as readonly Name[],
    lane: (name) => {
      const known = opened.get(name)
      if (known !== undefined) return known
      const lane = toLibraryLane(engine.lane(name), { definition: definitions.get(name), identity })
      opened.set(name, lane)
      return lane
    },
  }
}

function toLibraryLane(
  lane: EngineLane,
  own: { readonly definition: LaneDefinition | undefined; readonly identity: Identity },
): Lane {
  return {
    name: lane.name,
    acquire: async (options = {}) => toResult(await lane.acquire(toEngineOptions(options, own.identity))),
    renew: (proof) => lane.renew(toEngineProof(proof)),
    release: (proof) => lane.release(toEngineProof(proof)),
    leave: (proof) => lane.leave(toEngineProof(proof)),
    inspect: async () => {
      const { document, ...view } = await lane.inspect()
      return { ...view, definition: document.definition }
    },
    history: async (page) => (await lane.history(page)).map(toEntry),
    verifyHistory: () => lane.verifyHistory(),
    stats: (options) => lane.stats(options),
    move: (claim, to) => lane.move(toClaimId(claim), to === 'first' ? to : { before: toClaimId(to.before) }),
    pause: ({ claim, reason, forMs }) =>
      lane.pause({ ...claimOf(claim), reason, ...(forMs === undefined ? {} : { untilMs: forMs }) }),
    unpause: ({ claim } = {}) => lane.unpause(claimOf(claim)),
    assign: ({ holder, resources, forMs }) =>
      lane.assign({ holder: toIdentity(holder, null).holder, resources: resources ?? [wholeLane], forMs }),
    apply: () => {
      if (own.definition === undefined) throw new Error('invariant broken: an opened lane is defined')
      return lane.apply(own.definition)
    },
    forceRelease: ({ claim, ...options }) => lane.forceRelease({ ...options, ...claimOf(claim) }),
  }
}

function toEngineOptions(options: AcquireOptions, own: Identity): EngineAcquireOptions {
  const { resources = [wholeLane], holder, wait = false, attended = true, ...rest } = options
  if (wait !== false && !(Number.isFinite(wait) && wait >= 0)) {
    throw new ConductError('LANE_REQUEST', `wait is ${wait}, not a number of milliseconds.`)
  }
  return {
    ...rest,
    resources,
    attended,
    whenHeld: wait === false ? 'fail' : 'queue',
    waitMsMax: wait === false ? 0 : wait,
    ...(holder === undefined ? {} : { identity: toIdentity(holder, own.person) }),
  }
}

function toResult(result: Awaited<ReturnType<EngineLane['acquire']>>): AcquireResult {
  if (result.outcome === 'granted' || result.outcome === 'queued') return result
  // `skipped` answers `when_held: skip` of the lane, which every call here overrides.
  const { coalescedWith, ...rest } = result
  if (coalescedWith === undefined) return { ...rest, outcome: 'refused' }
  const { claim, holder, state } = coalescedWith
  return { ...rest, outcome: 'refused', coalescedWith: { claim, holder, isDone: state === 'done' } }
}

function toEntry({ seq, at, operation, effects, hash, previous }: HistoryRecord): HistoryEntry {
  const base = 'base' in operation ? operation.base : null
  const claim = base?.claim ?? ('claim' in operation ? (operation.claim ?? null) : null)
  const by = 'by' in operation ? operation.by : (base?.holder ?? null)
  return {
    seq,
    at: toTimestamp(at.wallMs),
    operation: operation.kind,
    claim,
    by,
    effects,
    hash,
    previous,
  }
}

function toEngineProof({ claim, secret }: ClaimProof): EngineClaimProof {
  return { claim: toClaimId(claim), secret }
}

function claimOf(claim: string | undefined): { readonly claim?: ClaimId } {
  return claim === undefined ? {} : { claim: toClaimId(claim) }
}

/** An id that no claim has is answered as such (CLAIM_UNKNOWN). */
function toClaimId(claim: string): ClaimId {
  return claim as ClaimId
}
