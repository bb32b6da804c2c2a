import { randomUUID } from 'node:crypto'
import { ConductError, formatDuration, type Identity } from '@conduct/core'
import type { AcquireOptions, AcquireResult, RefusalCause } from '../api.ts'
import { claimOfSecret, hashSecret, newSecret } from '../claim-secret.ts'
import { createDocument } from '../core/index.ts'
import type { ClaimBase, HeldClaim, LaneDocument } from '../document.ts'
import { ownProcess } from '../host/process-identity.ts'
import type { LaneOperation, LaneResult } from '../operation.ts'
import { type Acquirer, hold, underStored } from './hold.ts'
import { inherit } from './inherit.ts'
import { readLane, submit } from './lane-calls.ts'
import { inTheWay, inTheWayOfRequest } from './lane-view.ts'
import type { Moment } from './moment.ts'
import type { ParentClaim } from './parent-claim.ts'
import { findProvedDead } from './proved-dead.ts'
import { waitForFormer } from './wait-for-former.ts'
import { waitForTurn } from './wait-for-turn.ts'

/** One way from the question to one of four answers. */
export async function acquire(
  acquirer: Acquirer,
  options: AcquireOptions,
  parent: ParentClaim | null,
): Promise<AcquireResult> {
  if (parent !== null) return inherit(acquirer, options, parent)
  const { monotonicMs } = acquirer.calls.clock
  return ask(acquirer, options, monotonicMs() + (options.formerMsMax ?? options.waitMsMax))
}

/** @param formerEndMs how long an older writer of the run that is resumed is waited for. */
async function ask(acquirer: Acquirer, options: AcquireOptions, formerEndMs: number): Promise<AcquireResult> {
  options.signal?.throwIfAborted()
  const secret = options.secret ?? newSecret()
  const base = makeBase(acquirer.identity, options, secret)
  const question = (document: LaneDocument | null): LaneOperation => ({
    kind: 'acquire',
    base,
    whenHeld: options.whenHeld ?? (document?.definition ?? acquirer.calls.definition).whenHeld,
    place: options.resumes === undefined ? 'last' : 'first',
    resumes: options.resumes ?? null,
    provedDead: findProvedDead(document),
  })
  const { result, sentAt, before, isRepeated } = await submit(acquirer.calls, question)
  const asked = { acquirer: underStored(acquirer, before), options, base, secret, formerEndMs }
  if (result.kind === 'ended') {
    // The claim of that secret has ended: what is asked for now is a new one.
    if (options.secret !== undefined && !isRepeated) {
      const { secret: _ended, ...fresh } = options
      return ask(acquirer, fresh, formerEndMs)
    }
    if (result.outcome === 'refused' && result.reason === 'coalesced') {
      return refused(asked, 'skipped', 'coalesced', 'the same trigger was asked for before')
    }
    return refused(asked, 'refused', result.outcome === 'refused' ? 'held' : 'claim_ended', endText(result))
  }
  return answer(asked, { result, sentAt })
}

interface Asked {
  readonly acquirer: Acquirer
  readonly options: AcquireOptions
  readonly base: Omit<ClaimBase, 'since'>
  readonly secret: string
  readonly formerEndMs: number
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
      if (result.reason === 'run_is_live') return waitToResume(asked, result)
      throwIfUnfit(result)
      return { ...(await refused(asked, result.kind, result.reason, result.message)), ...sameOf(result) }
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

/**
 * An older writer of the run still holds the lane: it may be about to end, or be dead on another machine, so that only
 * its lease tells. It is waited for as long as the caller waits, and asked again once when it is out of the way.
 */
async function waitToResume(
  asked: Asked,
  refusal: Extract<LaneResult, { kind: 'refused' | 'skipped' }>,
): Promise<AcquireResult> {
  const { acquirer, options, formerEndMs } = asked
  const { calls, emit } = acquirer
  const run = options.resumes
  if (run === undefined) throw new Error('invariant broken: only a resume meets an older writer')
  const startMs = calls.clock.monotonicMs()
  const standing = { text: '' }
  const outcome = await waitForFormer(calls, {
    run,
    endMs: formerEndMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onHeld: (held, leftMs) => {
      standing.text = `run ${run} still holds it, as ${held.holder}; unless it renews, its lease ends in ${formatDuration(Math.max(0, leftMs))}`
      emit({ type: 'lane_changed', lane: calls.lane, change: 'queued', detail: standing.text })
    },
  })
  if (outcome === 'late') {
    const { text } = standing
    return refused(asked, 'refused', refusal.reason, text === '' ? refusal.message : text)
  }
  const leftMs = startMs + options.waitMsMax - calls.clock.monotonicMs()
  const { secret: _ended, ...again } = options
  return ask(acquirer, { ...again, waitMsMax: Math.max(0, leftMs) }, formerEndMs)
}

function runText(run: string | null): string {
  return run === null ? '' : ` (run ${run})`
}

function granted({ acquirer, options, secret }: Asked, held: HeldClaim, sentAt: Moment): AcquireResult {
  const lease = hold(acquirer, { held, secret, sentAt, isAttended: options.attended, isInherited: false })
  return { outcome: 'granted', lease }
}

async function refused(
  { acquirer, base }: Asked,
  outcome: 'refused' | 'skipped',
  because: RefusalCause,
  reason: string,
): Promise<Extract<AcquireResult, { outcome: 'refused' | 'skipped' }>> {
  const { calls } = acquirer
  const document: LaneDocument =
    (await readLane(calls))?.document ?? createDocument(calls.lane, calls.definition)
  const { holder, blockers, estimate } = inTheWayOfRequest(document, base, await calls.store.register.now())
  return { outcome, because, reason, resources: base.resources, holder, blockers, estimate }
}

function sameOf({ coalescedWith }: Extract<LaneResult, { kind: 'refused' | 'skipped' }>) {
  return coalescedWith === undefined ? {} : { coalescedWith }
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
    ...(options.key === undefined ? {} : { trigger: { key: options.key, request: randomUUID() } }),
    ...(options.untilMerged === undefined ? {} : { untilMerged: options.untilMerged }),
  }
}
