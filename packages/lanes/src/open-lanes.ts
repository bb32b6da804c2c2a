import { ConductError, type EmitEvent, isConductError, toTimestamp } from '@conduct/core'
import type { ClaimProof, Lane, Lanes, OpenLanesOptions } from './api.ts'
import { hashSecret, newSecret } from './claim-secret.ts'
import { createDocument, historyLog, laneStats, statsWindowMsDefault, verifyHistory } from './core/index.ts'
import type { LaneDefinition } from './document.ts'
import type { HistoryRecord } from './history-record.ts'
import { acquire } from './lane/acquire.ts'
import { captainCalls, throwIfDenied } from './lane/captain-calls.ts'
import { type LaneCalls, readLane, submit } from './lane/lane-calls.ts'
import { viewLane } from './lane/lane-view.ts'
import { endLease } from './lane/lease.ts'
import { watchOf } from './lane/observation.ts'
import { findParentClaims, type ParentClaim } from './lane/parent-claim.ts'
import { toLoss } from './lane/renewal.ts'
import { readHistoryWindow } from './lane/history-window.ts'
import { recoverLane } from './lane/recover.ts'
import { retrying } from './lane/retrying.ts'

/** Records that are read in one call. */
const historyPageMax = 250

/** The lanes of one estate, as one process sees them. */
export function openLanes(options: OpenLanesOptions): Lanes {
  const order = [...options.definitions.keys()]
  const opened: OpenedLanes = { options, order, held: [], emit: options.emit ?? (() => undefined) }
  return {
    names: () => order,
    lane: (name) => {
      const definition = options.definitions.get(name)
      if (definition !== undefined) return openLane(opened, name, definition)
      const declared = order.length === 0 ? 'none' : order.join(', ')
      throw new ConductError('LANE_UNKNOWN', `No lane "${name}" is declared; declared: ${declared}.`)
    },
  }
}

interface OpenedLanes {
  readonly options: OpenLanesOptions
  readonly order: readonly string[]
  /** The lanes of which this process has an open lease, and as whom, once per lease. */
  readonly held: HeldLane[]
  readonly emit: EmitEvent
}

interface HeldLane {
  readonly lane: string
  readonly holder: string
}

function openLane(opened: OpenedLanes, name: string, definition: LaneDefinition): Lane {
  const { store, clock, identity } = opened.options
  const calls: LaneCalls = { lane: name, store, clock, definition }
  /** Page by page: a long history takes longer to read than one call of a store may. */
  const readHistory = async ({ fromSeq = 1, limit = Infinity }): Promise<readonly HistoryRecord[]> => {
    const records: HistoryRecord[] = []
    for (let next = fromSeq; records.length < limit;) {
      const page = Math.min(historyPageMax, limit - records.length)
      const entries = await retrying(calls, () =>
        store.log.read(historyLog(name), { fromSeq: next, limit: page }),
      )
      records.push(...entries.map((entry) => entry.record as unknown as HistoryRecord))
      const last = entries.at(-1)
      if (last === undefined || entries.length < page) break
      next = last.seq + 1
    }
    return records
  }
  /** Secrets of claims that may have been written without an answer, by what was asked for. */
  const unsettled = new Map<string, string>()

  return {
    name,
    ...captainCalls(calls, identity),
    recover: ({ reason, force = false }) =>
      recoverLane(calls, { by: identity.person ?? identity.holder, reason, force }),
    acquire: async (options) => {
      const parents = await findParents(opened, calls)
      const asker = options.identity ?? identity
      requireOrder(opened, { lane: name, holder: asker.holder, parents })
      const parent = parents.find((claim) => claim.lane === name) ?? null
      const question = JSON.stringify([asker.holder, ...[...options.resources].sort()])
      const secret = options.secret ?? unsettled.get(question) ?? newSecret()
      const isOwn = options.secret === undefined
      unsettled.delete(question)
      try {
        const { emit } = opened
        const renewal = opened.options.renewal ?? 'worker'
        const onOpen = (): (() => void) => noteOpen(opened, { lane: name, holder: asker.holder })
        const acquirer = { calls, identity: asker, emit, renewal, onOpen }
        return await acquire(acquirer, { ...options, secret }, parent)
      } catch (error) {
        if (isOwn && isConductError(error, 'STORE_UNREACHABLE')) unsettled.set(question, secret)
        throw error
      }
    },
    renew: async (proof) => {
      const { state, ...key } = await proofOf(calls, proof)
      const kind = state === 'offered' ? 'accept' : 'renew'
      const { result } = await submit(calls, { kind, ...key })
      if (result.kind !== 'held') {
        throw new ConductError('LEASE_LOST', `The lease of lane ${name} is lost: ${toLoss(result).message}.`)
      }
      const { token, renewedAt, ttlMs, marginMs } = result.claim
      return { token, expiresAt: toTimestamp(renewedAt.wallMs + ttlMs - marginMs) }
    },
    release: async (proof) => {
      const { state: _state, ...key } = await proofOf(calls, proof)
      const { result, isRepeated } = await submit(calls, { kind: 'release', ...key })
      const isDoneBefore = isRepeated && result.kind === 'ended' && result.outcome === 'released'
      return result.kind === 'done' || isDoneBefore ? 'released' : 'not_held'
    },
    leave: async (proof) => {
      const { claim, secretHash } = await proofOf(calls, proof)
      const { result, isRepeated } = await submit(calls, { kind: 'leave', claim, secretHash })
      const isDoneBefore = isRepeated && result.kind === 'ended' && result.outcome === 'left'
      return result.kind === 'done' || isDoneBefore ? 'left' : 'not_waiting'
    },
    conclude: async ({ claim, token, because }) => {
      const by = identity.person ?? identity.holder
      const { result, isRepeated } = await submit(calls, { kind: 'conclude', claim, token, because, by })
      return result.kind === 'done' || isRepeated ? 'concluded' : 'unchanged'
    },
    recordProceeded: async (note) => {
      const by = identity.person ?? identity.holder
      const { result } = await submit(calls, { kind: 'proceeded', note, by })
      throwIfDenied(result)
      return result.kind === 'done' ? 'recorded' : 'known'
    },
    inspect: async () => {
      const stored = await readLane(calls)
      const now = await retrying(calls, () => store.register.now())
      const document = stored?.document ?? createDocument(name, definition)
      const watch = watchOf(store, { lane: name, document, now })
      return viewLane({ document, watch, declared: definition })
    },
    history: (page = {}) => readHistory(page),
    stats: async ({ windowMs = statsWindowMsDefault } = {}) => {
      const seq = (await readLane(calls))?.document.history.seq ?? 0
      const now = await retrying(calls, () => store.register.now())
      const records = await readHistoryWindow(readHistory, { seq, fromWallMs: now.wallMs - windowMs })
      return laneStats(records, { now, windowMs })
    },
    verifyHistory: async () => {
      // The document first: records that are newer than it are left out.
      const document = (await readLane(calls))?.document ?? null
      const records = await readHistory({})
      const known = records.filter((record) => document === null || record.seq <= document.history.seq)
      return verifyHistory(known, document)
    },
    park: (lease) => endLease(lease, 'park', 'waits for an approval'),
  }
}

/** A lease may be open more than once in a lane; each notes itself, and takes its note back. */
function noteOpen(opened: OpenedLanes, held: HeldLane): () => void {
  opened.held.push(held)
  return () => {
    const index = opened.held.indexOf(held)
    if (index !== -1) opened.held.splice(index, 1)
  }
}

/** @throws ConductError LANE_ORDER */
function requireOrder(
  { order, held }: OpenedLanes,
  asked: { readonly lane: string; readonly holder: string; readonly parents: readonly ParentClaim[] },
): void {
  const mine = order.indexOf(asked.lane)
  const own = held.filter(({ holder }) => holder === asked.holder)
  const later = [...own, ...asked.parents].find(({ lane }) => order.indexOf(lane) > mine)
  if (later === undefined) return
  throw new ConductError(
    'LANE_ORDER',
    `Lane ${asked.lane} stands before ${later.lane} in lanes.yaml and has to be taken before it.`,
  )
}

async function findParents(opened: OpenedLanes, calls: LaneCalls): Promise<readonly ParentClaim[]> {
  const secrets = opened.options.parentClaim
  if (secrets === undefined || secrets === '') return []
  const found: ParentClaim[] = []
  for (const [lane, definition] of opened.options.definitions) {
    const stored = await readLane({ ...calls, lane, definition })
    found.push(...findParentClaims(lane, stored?.document ?? null, secrets))
  }
  return found
}

/** An unattended command knows the secret; the token is read, and compared again when the operation decides. */
async function proofOf(calls: LaneCalls, { claim, secret }: ClaimProof) {
  const document = (await readLane(calls))?.document ?? null
  const secretHash = hashSecret(secret)
  const holders = document?.holders ?? []
  const claims = [...holders, ...(document?.waiting ?? [])]
  const isTaken = (one: (typeof claims)[number]): boolean => one.assigned?.isTaken === true
  const known =
    claims.find((one) => one.claim === claim) ??
    // An assigned claim keeps its id when a secret of its own takes it over.
    claims.find((one) => isTaken(one) && one.secretHash === secretHash)
  const held = holders.find((holder) => holder === known)
  return { claim: known?.claim ?? claim, secretHash, token: held?.token ?? 0, state: held?.state ?? null }
}
