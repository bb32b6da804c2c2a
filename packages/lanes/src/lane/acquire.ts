import { ConductError, type EmitEvent, type Identity } from '@conduct/core'
import type { AcquireOptions, AcquireResult, Lease, RefusalCause } from '../api.ts'
import { claimOfSecret, hashSecret, newSecret } from '../claim-secret.ts'
import { createDocument } from '../core/index.ts'
import { covers } from '../core/slots.ts'
import type { ClaimBase, HeldClaim, LaneDocument } from '../document.ts'
import { ownProcess } from '../host/process-identity.ts'
import type { LaneOperation, LaneResult } from '../operation.ts'
import { type LaneCalls, readLane, submit, withStored } from './lane-calls.ts'
import { heldBy, inTheWay, inTheWayOfRequest } from './lane-view.ts'
import { openLease } from './lease.ts'
import type { Moment } from './moment.ts'
import type { ParentClaim } from './parent-claim.ts'
import { findProvedDead } from './proved-dead.ts'
import { waitForTurn } from './wait-for-turn.ts'

export interface Acquirer {
  readonly calls: LaneCalls
  readonly identity: Identity
  readonly emit: EmitEvent
  readonly renewal: 'worker' | 'inline'
  /** Notes an open lease; gives back what ends the note. */
  readonly onOpen: () => () => void
}

/** One way from the question to one of four answers. */
export async function acquire(
  acquirer: Acquirer,
  options: AcquireOptions,
  parent: ParentClaim | null,
): Promise<AcquireResult> {
  if (parent !== null) return inherit(acquirer, options, parent)
  options.signal?.throwIfAborted()
  const secret = options.secret ?? newSecret()
  const base = makeBase(acquirer.identity, options, secret)
  const ask = (document: LaneDocument | null): LaneOperation => ({
    kind: 'acquire',
    base,
    whenHeld: options.whenHeld ?? (document?.definition ?? acquirer.calls.definition).whenHeld,
    place: options.resumes === undefined ? 'last' : 'first',
    resumes: options.resumes ?? null,
    provedDead: findProvedDead(document),
  })
  const { result, sentAt, before, isRepeated } = await submit(acquirer.calls, ask)
  const asked = { acquirer: underStored(acquirer, before), options, base, secret }
  if (result.kind === 'ended') {
    // The claim of that secret has ended: what is asked for now is a new one.
    if (options.secret !== undefined && !isRepeated) {
      const { secret: _ended, ...fresh } = options
      return acquire(acquirer, fresh, null)
    }
    return refused(asked, 'refused', result.outcome === 'refused' ? 'held' : 'claim_ended', endText(result))
  }
  return answer(asked, { result, sentAt })
}

/** From the first answer on, the definition in the store decides, whatever lanes.yaml says here. */
function underStored(acquirer: Acquirer, document: LaneDocument | null): Acquirer {
  return { ...acquirer, calls: withStored(acquirer.calls, document) }
}

interface Asked {
  readonly acquirer: Acquirer
  readonly options: AcquireOptions
  readonly base: Omit<ClaimBase, 'since'>
  readonly secret: string
}

async function answer(
  asked: Asked,
  { result, sentAt }: { readonly result: LaneResult; readonly sentAt: Moment },
): Promise<AcquireResult> {
  switch (result.kind) {
    case 'held':
      return granted(asked, result.claim, sentAt)
    case 'offered':
    case 'waiting':
      return wait(asked, result.claim.claim)
    case 'refused':
    case 'skipped':
      throwIfUnfit(result)
      return refused(asked, result.kind, result.reason, result.message)
    case 'ended':
      return refused(asked, 'refused', 'claim_ended', endText(result))
    case 'denied':
      throw new ConductError('LANE_REQUEST', result.message)
    case 'done':
    case 'unchanged':
      throw new Error(`invariant broken: acquire answered ${result.kind}`)
    default:
      return result satisfies never
  }
}

async function wait(asked: Asked, claim: ClaimBase['claim']): Promise<AcquireResult> {
  const { acquirer, options, secret } = asked
  const { calls, emit } = acquirer
  const secretHash = hashSecret(secret)
  try {
    const turn = await waitForTurn(calls, {
      claim,
      secretHash,
      waitMsMax: options.waitMsMax,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onQueued: (position, lane) => {
        const { holder } = inTheWay(lane.document, claim, lane.now)
        const behind = holder === null ? '' : `, held by ${holder.holder}${runText(holder.run)}`
        const detail = `place ${position}${behind}`
        emit({ type: 'lane_changed', lane: calls.lane, change: 'queued', detail })
      },
    })
    if (turn.kind !== 'waiting') {
      return await answer({ ...asked, acquirer: underStored(acquirer, turn.before) }, turn)
    }
    const { document, now } = turn
    const { holder, blockers, position, estimate } = inTheWay(document, claim, now)
    const { resources } = asked.base
    return { outcome: 'queued', claim, secret, resources, position, holder, blockers, estimate }
  } catch (error) {
    if (options.signal?.aborted !== true) throw error
    await submit(calls, { kind: 'leave', claim, secretHash })
    throw options.signal.reason
  }
}

function runText(run: string | null): string {
  return run === null ? '' : ` (run ${run})`
}

function granted({ acquirer, options, secret }: Asked, held: HeldClaim, sentAt: Moment): AcquireResult {
  const lease = hold(acquirer, { held, secret, sentAt, isAttended: options.attended, isInherited: false })
  return { outcome: 'granted', lease }
}

function hold(
  { calls, emit, renewal, onOpen }: Acquirer,
  grant: {
    readonly held: HeldClaim
    readonly secret: string
    readonly sentAt: Moment
    readonly isAttended: boolean
    readonly isInherited: boolean
  },
): Lease {
  const { held, secret, sentAt, isAttended, isInherited } = grant
  const detail = `${held.resources.join(', ')}, token ${held.token}`
  emit({ type: 'lane_changed', lane: calls.lane, change: 'granted', detail })
  return openLease({
    calls,
    held,
    secret,
    sentAt,
    renewal: isAttended ? renewal : 'none',
    isInherited,
    emit,
    onEnd: onOpen(),
  })
}

/** A child uses what its parent holds: a part of it at once, anything more never. */
async function inherit(
  acquirer: Acquirer,
  options: AcquireOptions,
  { held: parent, secret }: ParentClaim,
): Promise<AcquireResult> {
  if (!covers(parent, options.resources)) {
    const more = options.resources.filter((resource) => !parent.resources.includes(resource))
    const reason =
      `the parent process holds ${parent.resources.join(', ')} and not ${more.join(', ')}; ` +
      'it has to take all of them before it starts its children'
    const parentShown = heldBy(parent, parent.grantedAt)
    return {
      outcome: 'refused',
      because: 'beyond_parent',
      reason,
      resources: options.resources,
      holder: parentShown,
      blockers: [parentShown],
      estimate: null,
    }
  }
  const { claim, secretHash, token } = parent
  const { result, sentAt, before } = await submit(acquirer.calls, { kind: 'renew', claim, secretHash, token })
  if (result.kind !== 'held') {
    throw new ConductError('LEASE_LOST', `The parent's lease of lane ${acquirer.calls.lane} is lost.`)
  }
  const held = { ...result.claim, resources: options.resources }
  const lease = hold(underStored(acquirer, before), {
    held,
    secret,
    sentAt,
    isAttended: options.attended,
    isInherited: true,
  })
  return { outcome: 'granted', lease }
}

async function refused(
  { acquirer, base }: Asked,
  outcome: 'refused' | 'skipped',
  because: RefusalCause,
  reason: string,
): Promise<AcquireResult> {
  const { calls } = acquirer
  const document: LaneDocument =
    (await readLane(calls))?.document ?? createDocument(calls.lane, calls.definition)
  const { holder, blockers, estimate } = inTheWayOfRequest(document, base, await calls.store.register.now())
  return { outcome, because, reason, resources: base.resources, holder, blockers, estimate }
}

/** Refusals that are mistakes of the asker and no answers about the lane. */
function throwIfUnfit(result: Extract<LaneResult, { kind: 'refused' | 'skipped' }>): void {
  const { reason, message } = result
  if (reason === 'bad_request' || reason === 'scope_mismatch') throw new ConductError('LANE_REQUEST', message)
  if (reason === 'not_a_holder') throw new ConductError('NOT_A_HOLDER', message)
}

function endText(result: Extract<LaneResult, { kind: 'ended' }>): string {
  return result.reason === null
    ? `the claim was ${result.outcome}`
    : `the claim was ${result.outcome}: ${result.reason}`
}

function makeBase(identity: Identity, options: AcquireOptions, secret: string): Omit<ClaimBase, 'since'> {
  return {
    claim: claimOfSecret(secret),
    secretHash: hashSecret(secret),
    holder: identity.holder,
    person: identity.person,
    resources: [...new Set(options.resources)].sort(),
    task: options.task ?? null,
    reason: options.reason ?? null,
    contact: options.contact ?? null,
    etaMs: options.etaMs ?? null,
    session: options.session ?? null,
    attended: options.attended,
    process: options.attended ? (options.process ?? ownProcess()) : null,
    run: options.run ?? options.resumes ?? null,
  }
}
