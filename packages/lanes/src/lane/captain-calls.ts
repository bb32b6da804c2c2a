import { ConductError, type Identity } from '@conduct/core'
import type { Lane } from '../api.ts'
import { claimOfSecret, hashSecret, newSecret } from '../claim-secret.ts'
import type { LaneOperation, LaneResult } from '../operation.ts'
import { type LaneCalls, submit } from './lane-calls.ts'
import { storeMoved } from './last-seen.ts'

type CaptainCalls = Pick<
  Lane,
  'move' | 'pause' | 'unpause' | 'assign' | 'apply' | 'forceRelease' | 'note' | 'clearNote'
>

/** What captains do with a lane, and the notes of runs: one operation each, a denial is an error. */
export function captainCalls(calls: LaneCalls, identity: Identity): CaptainCalls {
  // Asked when it is needed: who only looks need not be anybody.
  const by = () => identity.person ?? identity.holder
  const send = async (operation: LaneOperation) => {
    const sent = await submit(calls, operation)
    throwIfDenied(sent.result)
    return sent
  }
  return {
    move: async (claim, to) => {
      await send({ kind: 'move', claim, before: to === 'first' ? null : to.before, by: by() })
    },
    pause: async ({ claim, reason, untilMs }) => {
      await send({ kind: 'pause', claim: claim ?? null, by: by(), reason, forMs: untilMs ?? null })
    },
    unpause: async ({ claim }) => {
      await send({ kind: 'unpause', claim: claim ?? null, by: by() })
    },
    assign: async ({ holder, resources, forMs }) => {
      // Nobody knows this secret: the claim is proved by that of the holder who asks for it.
      const secret = newSecret()
      const base = {
        claim: claimOfSecret(secret),
        secretHash: hashSecret(secret),
        holder,
        person: null,
        resources,
        task: null,
        reason: null,
        contact: null,
        etaMs: null,
        session: null,
        attended: false,
        process: null,
        run: null,
      }
      const { result } = await send({ kind: 'assign', base, forMs, by: by() })
      if (result.kind === 'refused') throw new ConductError('LANE_REQUEST', result.message)
      return { claim: base.claim }
    },
    apply: async (definition) => {
      const { result, isRepeated } = await send({ kind: 'apply', definition, by: by() })
      return result.kind === 'unchanged' && !isRepeated ? 'unchanged' : 'applied'
    },
    forceRelease: async ({ token, claim, reason }) => {
      const named = claim === undefined ? {} : { claim }
      const { result, before, isRepeated } = await submit(calls, {
        kind: 'force_release',
        token,
        ...named,
        by: by(),
        reason,
      })
      const forced = before?.ended.findLast((ended) => ended.token === token && ended.outcome === 'forced')
      const isDoneBefore = isRepeated && result.kind === 'denied' && result.reason === 'stale_token'
      if (isDoneBefore && forced !== undefined) return { claim: forced.claim }
      throwIfDenied(result)
      const held = before?.holders.find(
        (holder) => holder.token === token && (claim === undefined || holder.claim === claim),
      )
      if (held === undefined) throw new Error('invariant broken: what was force-released was held')
      return { claim: held.claim }
    },
    note: async ({ run, text }) => {
      await send({ kind: 'note', run, text, by: by() })
    },
    clearNote: async (run) => {
      await send({ kind: 'clear_note', run, by: by() })
    },
  }
}

/** @throws ConductError NOT_CAPTAIN, TOKEN_STALE, LANE_DEFINITION, LANE_REQUEST, CLAIM_UNKNOWN */
export function throwIfDenied(result: LaneResult): void {
  if (result.kind === 'ended') {
    throw new ConductError('CLAIM_UNKNOWN', `The claim ${result.claim} was ${result.outcome}.`)
  }
  if (result.kind !== 'denied') return
  const message = `${result.message.charAt(0).toUpperCase()}${result.message.slice(1)}.`
  switch (result.reason) {
    case 'not_captain':
      // It begins with a name, which stays as it is written.
      throw new ConductError('NOT_CAPTAIN', `${result.message}.`)
    case 'stale_token':
      throw new ConductError('TOKEN_STALE', message)
    case 'bad_definition':
      throw new ConductError('LANE_DEFINITION', message)
    case 'ambiguous_token':
      throw new ConductError('LANE_REQUEST', message)
    case 'moved':
      throw storeMoved(result.message)
    case 'held':
      throw new ConductError('LANE_REQUEST', message)
    case 'wrong_secret':
    case 'not_found':
    case 'assignment_over':
      throw new ConductError('CLAIM_UNKNOWN', message)
    default:
      result satisfies never
  }
}
