import { randomUUID } from 'node:crypto'
import { type Clock, ConductError } from '@conduct/core'
import { isCaptain } from '../core/assign.ts'
import { decide } from '../core/index.ts'
import type { LaneDefinition, LaneDocument } from '../document.ts'
import { documentId, type LaneCalls, readUnchecked } from '../lane/lane-calls.ts'
import { noteSeen } from '../lane/last-seen.ts'
import { watchOf } from '../lane/observation.ts'
import { retrying } from '../lane/retrying.ts'
import type { LaneOperation, LaneResult } from '../operation.ts'
import type { Store } from '../store.ts'

/** Who moves which estate. */
export interface MovingEstate {
  readonly store: Store
  readonly estate: string
  /** As lanes.yaml declares them. */
  readonly definitions: ReadonlyMap<string, LaneDefinition>
  readonly clock: Clock
  /** The acting person, or the holder's full name. */
  readonly by: string
}

/** A lane as it is, wherever it is: also one that lanes.yaml does not declare any more. */
export interface FoundLane {
  readonly calls: LaneCalls
  readonly document: LaneDocument | null
}

const idStart = documentId('')

/** Those that are declared, in their order, then those that only the store knows. */
export async function findLanes({ store, definitions, clock }: MovingEstate): Promise<readonly FoundLane[]> {
  const stored = (await store.register.list(idStart)).map((id) => id.slice(idStart.length))
  const names = [...definitions.keys(), ...stored.filter((name) => !definitions.has(name))]
  const lanes: FoundLane[] = []
  for (const lane of names) {
    const declared = definitions.get(lane)
    const timed = { lane, store, clock, definition: declared ?? anyDefinition }
    const document = (await readUnchecked(timed))?.document ?? null
    lanes.push({ calls: { ...timed, definition: document?.definition ?? timed.definition }, document })
  }
  return lanes
}

/** Moving concerns all lanes: whoever is captain of one of them speaks for the estate. @throws ConductError NOT_CAPTAIN */
export function requireAnyCaptain(lanes: readonly Pick<FoundLane, 'calls'>[], by: string): void {
  if (lanes.some(({ calls }) => isCaptain(calls.definition, by))) return
  const captains = [...new Set(lanes.flatMap(({ calls }) => calls.definition.captains))].sort()
  const named = captains.length === 0 ? 'no lane has any' : captains.join(', ')
  throw new ConductError('NOT_CAPTAIN', `${by} is captain of no lane, and moving them needs one: ${named}.`)
}

/**
 * One operation about moving, which ordinary calls may not send.
 *
 * @param check looks at what the store holds at the moment of the decision; what it returns is decided on instead.
 */
export async function submitMove(
  calls: LaneCalls,
  operation: (found: LaneDocument | null) => LaneOperation | null,
  check: (found: LaneDocument | null) => LaneDocument | null = (found) => found,
): Promise<{ readonly result: LaneResult; readonly document: LaneDocument | null }> {
  const { lane, store, definition } = calls
  const nonce = randomUUID()
  const moved = await retrying(calls, () =>
    store.register.change<LaneDocument, { result: LaneResult; document: LaneDocument | null }>(
      documentId(lane),
      (found, now) => {
        if (found?.nonce === nonce) return { result: { result: { kind: 'done' }, document: found } }
        const asked = operation(found)
        if (asked === null) return { result: { result: { kind: 'unchanged' }, document: found } }
        const document = check(found)
        const { firstSeenMs } = watchOf(store, { lane, document, now })
        const decision = decide(document, asked, { lane, definition, now, firstSeenMs, nonce })
        return { ...decision, result: { result: decision.result, document: decision.write ?? found } }
      },
    ),
  )
  if (moved.document !== null) noteSeen(store, moved.document)
  return moved
}

/** Times the calls about a lane of which nothing is known. */
const anyDefinition: LaneDefinition = {
  scope: 'global',
  limit: 1,
  order: 'strict',
  whenHeld: 'queue',
  ttlMs: 60_000,
  renewMs: 10_000,
  marginMs: 5000,
  waitingTtlMs: 60_000,
  waitingMax: 1,
  acceptMs: 60_000,
  takeoverDelayMs: 0,
  captains: [],
  holders: null,
  purpose: '',
}
