import { randomUUID } from 'node:crypto'
import { ConductError, type Clock, isConductError } from '@conduct/core'
import { decide } from '../core/index.ts'
import type { LaneDefinition, LaneDocument } from '../document.ts'
import type { LaneOperation, LaneResult } from '../operation.ts'
import type { Store, Stored } from '../store.ts'
import { type Moment, momentOf } from './moment.ts'

/** Tries of one call while the store fails fast, and the pause after the first of them; it doubles. */
export const attemptsMax = 5
export const attemptPauseMs = 20

/** A call never takes longer than this, and never longer than the lane's renewal interval. */
const callMsMax = 10_000

export interface LaneCalls {
  readonly lane: string
  readonly store: Store
  readonly clock: Clock
  /**
   * What times calls, waits and renewals. lanes.yaml's until the document has been seen: from then on the document's
   * (`withStored`), since the store's definition decides.
   */
  readonly definition: LaneDefinition
}

/** The same calls under the rules of the document, where there is one. */
export function withStored(calls: LaneCalls, document: LaneDocument | null): LaneCalls {
  return document === null ? calls : { ...calls, definition: document.definition }
}

export interface Submitted {
  readonly result: LaneResult
  /** Before the write that gave this answer was sent: deadlines count from here. */
  readonly sentAt: Moment
  /** The document that was decided on. */
  readonly before: LaneDocument | null
  /** True when an earlier try may have been written: "nothing to do" may then mean "done by that one". */
  readonly isRepeated: boolean
}

export function documentId(lane: string): string {
  return `lane/${lane}`
}

/**
 * Sends one operation to the lane's document. An unknown answer is settled by sending the same operation again: it
 * names its claim, and a try that was given up on can no longer decide anything.
 *
 * @param operation or what makes it of the very document that is decided on; that may run several times.
 *
 * @throws ConductError STORE_UNREACHABLE  every try failed or time is up: the operation may or may not have happened.
 */
export async function submit(
  calls: LaneCalls,
  operation: LaneOperation | ((document: LaneDocument | null) => LaneOperation),
): Promise<Submitted> {
  const { lane, definition, store } = calls
  return retrying(calls, async ({ attempt, isGivenUp }) => {
    const nonce = randomUUID()
    const sentAt = momentOf(calls.clock)
    const { result, before } = await store.register.change<
      LaneDocument,
      { result: LaneResult; before: LaneDocument | null }
    >(documentId(lane), (document, now) => {
      if (isGivenUp()) return { result: { result: { kind: 'unchanged' }, before: document } }
      const asked = typeof operation === 'function' ? operation(document) : operation
      const decision = decide(document, asked, { lane, definition, now, nonce })
      return { ...decision, result: { result: decision.result, before: document } }
    })
    return { result, sentAt, before, isRepeated: attempt > 1 }
  })
}

export async function readLane(calls: LaneCalls): Promise<Stored<LaneDocument> | null> {
  return retrying(calls, () => calls.store.register.read<LaneDocument>(documentId(calls.lane)))
}

/** Runs a call of the store in time, again while it fails fast. */
export async function retrying<Result>(
  calls: Pick<LaneCalls, 'clock' | 'definition' | 'lane'>,
  call: (attempt: { readonly attempt: number; readonly isGivenUp: () => boolean }) => Promise<Result>,
): Promise<Result> {
  const { clock, definition } = calls
  const endMs = clock.monotonicMs() + Math.min(definition.renewMs, callMsMax)
  for (let attempt = 1; ; attempt++) {
    let isGivenUp = false
    try {
      return await inTime(calls, endMs, call({ attempt, isGivenUp: () => isGivenUp }))
    } catch (error) {
      isGivenUp = true
      const pauseMs = attemptPauseMs * 2 ** (attempt - 1)
      const isOver = attempt >= attemptsMax || clock.monotonicMs() + pauseMs >= endMs
      if (!isConductError(error, 'STORE_UNREACHABLE') || isOver) throw error
      await clock.sleep(pauseMs * (0.5 + Math.random() / 2))
    }
  }
}

/** A store in this very process has answered after so few turns of the microtask queue: it costs no timer. */
const turnsMax = 8

async function isAnsweredAtOnce(call: Promise<unknown>): Promise<boolean> {
  const watch = { isAnswered: false }
  const answered = (): void => {
    watch.isAnswered = true
  }
  call.then(answered, answered)
  for (let turn = 0; turn < turnsMax; turn++) {
    if (watch.isAnswered) return true
    await Promise.resolve()
  }
  return watch.isAnswered
}

async function inTime<Result>(
  { clock, lane }: Pick<LaneCalls, 'clock' | 'lane'>,
  endMs: number,
  call: Promise<Result>,
): Promise<Result> {
  if (await isAnsweredAtOnce(call)) return call
  const answered = new AbortController()
  const tooLate = clock.sleep(Math.max(0, endMs - clock.monotonicMs()), answered.signal).then(
    () => {
      throw new ConductError('STORE_UNREACHABLE', `The store did not answer in time about lane ${lane}.`)
    },
    () => call,
  )
  try {
    return await Promise.race([call, tooLate])
  } finally {
    answered.abort()
  }
}
