import { setTimeout as delay } from 'node:timers/promises'
import { ConductError, isConductError } from '@conduct/core'
import type { SentPush } from '@conduct/git'
import type { GitUnit } from './git-names.ts'
import { type GitRepository, storeUnreachable } from './git-repository.ts'

/**
 * One change of a unit: decide on its newest commit, make the next, push it with exactly that expectation.
 *
 * What the remote answers is not always what it did. A connection dies after the push was applied, or before; a proxy
 * sends a request twice, so that an own win comes back as a loss; a push that was given up arrives late. Hence:
 *
 * - `pushed` is the only answer that is believed as it stands. After every other one the ref is read back.
 * - A commit that the ref stands at or descends from has won, whatever was said of it; every commit is unlike any
 *   other (nonce), so it is ours and no one else's.
 * - When the ref has moved on without it, it has lost for good: its expectation can never come true again.
 * - When the ref stands where it stood and there was no answer, the push may still arrive. It is made harmless by a
 *   successful swap from the same place: the decision is made once more and pushed as another commit. If that wins,
 *   the late one meets another ref and is refused; if the late one wins, the read after it says so.
 * - When time ends before that: STORE_UNREACHABLE, the outcome is unknown. The same when there is nothing to push the
 *   second time, so that nothing could make a late arrival harmless.
 */
export async function swapUnit<Result>(
  repository: GitRepository,
  unit: GitUnit,
  options: {
    readonly endMs: number
    /** Decides on what this handle saw last, where it did: right only if a wrong guess changes nothing. */
    readonly isOptimistic: boolean
    readonly step: (head: string | null) => Promise<Step<Result>>
  },
): Promise<Result> {
  const { endMs, step } = options
  const sent: Candidate<Result>[] = []
  const known = options.isOptimistic ? repository.known(unit) : undefined
  let isFresh = known === undefined
  let stuck = 0
  let head = known === undefined ? await repository.fresh(unit) : known
  try {
    for (;;) {
      const { write, result } = await step(head)
      if (write === undefined) {
        if (sent.length > 0) throw storeUnreachable(`${repository.shown}: an earlier try may still arrive`)
        if (isFresh) return result
      } else {
        const candidate = await makeCandidate(repository, { head, write, result })
        const answer = await sendCandidate(repository, unit, {
          candidate,
          timeoutMs: (endMs - performance.now()) * pushShare,
        })
        if (answer.outcome === 'pushed') {
          repository.noteKnown(unit, candidate.commit)
          return result
        }
        const expected = head
        head = await readBack(repository, unit, endMs)
        const won = await findWinner(repository, [...sent, candidate], { head, endMs })
        if (won !== undefined) return won.result
        if (head !== expected) sent.length = 0
        else if (answer.outcome === 'unknown') sent.push(candidate)
        else if (answer.outcome === 'refused') throw refused(repository, unit, answer.reason)
        isFresh = true
        // Whoever lost to another writer has waited enough; where nothing moved, something is in the way.
        stuck = head === expected ? stuck + 1 : 0
        await pause(stuck, endMs, () => lastWords(repository, answer))
        continue
      }
      head = await repository.fresh(unit)
      isFresh = true
    }
  } catch (error) {
    // What was sent may still arrive: nothing may begin anew as if it had not been.
    if (sent.length > 0 && isConductError(error, 'GIT_FAILED')) throw storeUnreachable(error.message, error)
    throw error
  }
}

export interface Step<Result> {
  /** Absent: nothing is written. */
  readonly write?: { readonly files: ReadonlyMap<string, string>; readonly message: string }
  readonly result: Result
}

interface Candidate<Result> {
  readonly commit: string
  readonly expect: string | null
  readonly result: Result
}

/** Share of the time left that a push may take; the rest is for finding out what became of it. */
const pushShare = 0.6

/** Before another try; doubles while nothing moves, drawn down to a third. */
const pauseMsFirst = 8
const pauseMsMax = 500

async function makeCandidate<Result>(
  repository: GitRepository,
  { head, write, result }: Required<Step<Result>> & { readonly head: string | null },
): Promise<Candidate<Result>> {
  const change = { parent: head, ...write, wallMs: Date.now() }
  const commit = await repository.refs().commit(change, repository.callMsMax)
  return { commit, expect: head, result }
}

type Answer = SentPush | { readonly outcome: 'unknown'; readonly reason: string }

async function sendCandidate<Result>(
  repository: GitRepository,
  unit: GitUnit,
  { candidate, timeoutMs }: { readonly candidate: Candidate<Result>; readonly timeoutMs: number },
): Promise<Answer> {
  const { commit, expect } = candidate
  try {
    return await repository.push({ ref: unit.ref, commit, expect }, Math.max(1, timeoutMs))
  } catch (error) {
    if (!isConductError(error, 'REMOTE_UNREACHABLE') && !isConductError(error, 'GIT_FAILED')) throw error
    return { outcome: 'unknown', reason: error.message }
  }
}

/** Where the ref stands after a push; tried until time ends, since so much depends on it. */
async function readBack(repository: GitRepository, unit: GitUnit, endMs: number): Promise<string | null> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await repository.fresh(unit)
    } catch (error) {
      if (isConductError(error, 'GIT_FAILED')) throw storeUnreachable(error.message, error)
      if (!isConductError(error, 'REMOTE_UNREACHABLE')) throw error
      await pause(tried, endMs, () => error.message)
    }
  }
}

async function findWinner<Result>(
  repository: GitRepository,
  candidates: readonly Candidate<Result>[],
  { head, endMs }: { readonly head: string | null; readonly endMs: number },
): Promise<Candidate<Result> | undefined> {
  if (head === null) return undefined
  const timeoutMs = Math.max(1, endMs - performance.now())
  for (const candidate of candidates) {
    if (await repository.refs().isAncestor(candidate.commit, head, timeoutMs)) return candidate
  }
  return undefined
}

async function pause(tried: number, endMs: number, lastWord: () => string): Promise<void> {
  const ms = Math.min(pauseMsFirst * 2 ** tried, pauseMsMax) * (1 / 3 + (Math.random() * 2) / 3)
  if (performance.now() + ms >= endMs) throw storeUnreachable(lastWord())
  await delay(ms)
}

function lastWords({ shown }: GitRepository, answer: Answer): string {
  return `${shown}: no turn in time; the remote said last: ${'reason' in answer ? answer.reason : answer.outcome}`
}

function refused({ shown }: GitRepository, unit: GitUnit, reason: string): ConductError {
  return new ConductError('STORE_REFUSED', `${shown} does not let us write ${unit.ref}: ${reason}`)
}
