import { type Clock, ConductError, isConductError } from '@conduct/core'
import type { LaneDefinition } from '../document.ts'

/** Tries of one call while the store fails fast, and the pause after the first of them; it doubles. */
export const attemptsMax = 5
export const attemptPauseMs = 20

/** A call never takes longer than this, and never longer than the lane's renewal interval. */
const callMsMax = 10_000

export interface TimedCalls {
  readonly lane: string
  readonly clock: Clock
  readonly definition: Pick<LaneDefinition, 'renewMs'>
}

/** Runs a call of the store in time, again while it fails fast. */
export async function retrying<Result>(
  calls: TimedCalls,
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
  { clock, lane }: Pick<TimedCalls, 'clock' | 'lane'>,
  endMs: number,
  call: Promise<Result>,
): Promise<Result> {
  if (await isAnsweredAtOnce(call)) return call
  return new Promise((resolve, reject) => {
    const forget = clock.after(Math.max(0, endMs - clock.monotonicMs()), () =>
      reject(new ConductError('STORE_UNREACHABLE', `The store did not answer in time about lane ${lane}.`)),
    )
    call.then(resolve, reject).finally(forget)
  })
}
