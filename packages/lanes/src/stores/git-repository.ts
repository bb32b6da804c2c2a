import { setTimeout as delay } from 'node:timers/promises'
import { ConductError, isConductError } from '@conduct/core'
import type { RefStore, RefSwap, SentPush } from '@conduct/git'
import { describeStoreUrl } from '../describe-store-url.ts'
import type { GitUnit } from './git-names.ts'

/**
 * The repository of a git store as one handle sees it: every exchange bounded in time, every failure told in the
 * words of a store, and what was last seen of each unit.
 */
export interface GitRepository extends AsyncDisposable {
  /** The address without credentials. */
  readonly shown: string
  readonly callMsMax: number
  /** The cache and its git; another one after the cache had to be left behind. */
  readonly refs: () => RefStore
  /** Where the unit stands now: asked of the remote after this call began. */
  readonly fresh: (unit: GitUnit) => Promise<string | null>
  /** What this handle saw or wrote last; undefined: nothing yet. */
  readonly known: (unit: GitUnit) => string | null | undefined
  readonly noteKnown: (unit: GitUnit, commit: string | null) => void
  /** Runs in turn with everything else this handle writes to the unit. */
  readonly inTurn: <Result>(unit: GitUnit, work: () => Promise<Result>) => Promise<Result>
  readonly push: (swap: RefSwap, timeoutMs: number) => Promise<SentPush>
  /** One call of the store: bounded, and once more on an empty cache where this machine's was broken. */
  readonly call: <Result>(work: (endMs: number) => Promise<Result>) => Promise<Result>
}

/** Writes after which a handle looks whether its cache is full. */
const writesPerLook = 500

interface UnitState {
  head: string | null | undefined
  tail: Promise<unknown>
  running: Promise<unknown> | null
  next: Promise<string | null> | null
}

export function makeGitRepository(
  opened: RefStore,
  { url, callMsMax }: { readonly url: string; readonly callMsMax: number },
): GitRepository {
  const shown = describeStoreUrl(url)
  let refs = opened
  let renewing: Promise<void> | null = null
  let writes = 0
  const units = new Map<string, UnitState>()
  const stateOf = (unit: GitUnit): UnitState => {
    const state = units.get(unit.ref) ?? {
      head: undefined,
      tail: Promise.resolve(),
      running: null,
      next: null,
    }
    units.set(unit.ref, state)
    return state
  }
  const leaveCache = async (): Promise<void> => {
    refs = await refs.renewed()
    // What was seen lies in the old cache.
    for (const state of units.values()) state.head = undefined
  }
  /** Whoever notices while that is under way joins in. */
  const renew = (): Promise<void> => {
    renewing ??= leaveCache().finally(() => {
      renewing = null
    })
    return renewing
  }
  const unreachable = (error: unknown): unknown => {
    if (isConductError(error, 'REMOTE_UNREACHABLE')) return storeUnreachable(error.message, error)
    if (isConductError(error, 'GIT_FAILED')) return storeUnreachable(`${shown}: ${error.message}`, error)
    return error
  }

  return {
    shown,
    callMsMax,
    refs: () => refs,
    known: (unit) => stateOf(unit).head,
    noteKnown: (unit, commit) => {
      stateOf(unit).head = commit
    },
    inTurn: (unit, work) => {
      const state = stateOf(unit)
      const mine = state.tail.then(work)
      state.tail = mine.catch(() => undefined)
      return mine
    },
    fresh: (unit) => {
      const state = stateOf(unit)
      if (state.next !== null) return state.next
      // Whoever asks while one fetch runs shares the next: that one begins after they asked.
      const ask = async (): Promise<string | null> => {
        await state.running
        state.running = next.catch(() => undefined)
        state.next = null
        const asked = refs
        const head = await asked.fetch(unit.ref, callMsMax)
        if (asked === refs) state.head = head
        return head
      }
      // An await comes first in `ask`, so that it finds `next` set.
      const next: Promise<string | null> = ask()
      state.next = next
      return next
    },
    push: async (swap, timeoutMs) => {
      writes += 1
      return refs.push(swap, timeoutMs)
    },
    call: async (work) => {
      const endMs = performance.now() + callMsMax
      const answer = async (): Promise<Awaited<ReturnType<typeof work>>> => {
        try {
          if (writes >= writesPerLook) {
            writes = 0
            if (await refs.isFull()) await renew()
          }
          return await work(endMs)
        } catch (error) {
          if (!isConductError(error, 'GIT_FAILED')) throw error
          await renew()
          return await work(endMs)
        }
      }
      try {
        return await within(callMsMax, shown, answer())
      } catch (error) {
        throw unreachable(error)
      }
    },
    [Symbol.asyncDispose]: () => refs[Symbol.asyncDispose](),
  }
}

export function storeUnreachable(message: string, cause?: unknown): ConductError {
  return new ConductError('STORE_UNREACHABLE', message, { cause })
}

async function within<Result>(ms: number, shown: string, answer: Promise<Result>): Promise<Result> {
  const answered = new AbortController()
  const tooLate = delay(ms, undefined, { signal: answered.signal }).then(
    () => {
      throw storeUnreachable(`${shown}: no answer within ${ms / 1000} s`)
    },
    () => answer,
  )
  try {
    return await Promise.race([answer, tooLate])
  } finally {
    answered.abort()
  }
}
