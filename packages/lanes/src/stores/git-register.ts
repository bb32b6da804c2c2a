import { setTimeout as delay } from 'node:timers/promises'
import { ConductError } from '@conduct/core'
import { hostMonotonicMs, readBootId } from '../host/boot.ts'
import type { Decision, LogEntry, Register, StoreTime, Stored } from '../store.ts'
import { decodeEnvelope, encodeEnvelope, encodeRecord } from './git-envelope.ts'
import { documentIds, documentPath, gitUnit, recordPath, treeFolders } from './git-names.ts'
import type { GitUnit } from './git-names.ts'
import type { GitRepository } from './git-repository.ts'
import { type Step, swapUnit } from './git-swap.ts'
import { unitsBelow } from './git-units.ts'

/** Documents that a handle remembers, so that an unchanged one is not parsed again. */
const rememberedMax = 16

export interface GitRegisterOptions {
  readonly estate: string | null
  /** How long a look for changes waits at first, and at most; it grows while nothing happens. */
  readonly poll: { readonly firstMs: number; readonly maxMs: number }
}

const pollGrowth = 1.5

export function makeGitRegister(repository: GitRepository, { estate, poll }: GitRegisterOptions): Register {
  const remembered = new Map<string, { readonly text: string; readonly stored: Stored<unknown> }>()
  const remember = (id: string, text: string, stored: Stored<unknown>): void => {
    remembered.delete(id)
    remembered.set(id, { text, stored })
    const [oldest] = remembered.keys()
    if (remembered.size > rememberedMax && oldest !== undefined) remembered.delete(oldest)
  }
  const load = async <Document>(
    unit: GitUnit,
    id: string,
    head: string | null,
  ): Promise<Stored<Document> | null> => {
    if (head === null) return null
    const path = documentPath(unit, id)
    const text = (await repository.refs().read(head, [path], repository.callMsMax)).get(path)
    if (text === undefined) return null
    const found = remembered.get(id)
    if (found?.text === text) return found.stored as Stored<Document>
    const stored = decodeEnvelope<Document>(text, `document ${id}`)
    remember(id, text, stored)
    return stored
  }
  const read = <Document>(id: string): Promise<Stored<Document> | null> => {
    const unit = gitUnit(estate, id)
    return repository.call(async () => load<Document>(unit, id, await repository.fresh(unit)))
  }

  return {
    read,
    change: <Document, Result>(
      id: string,
      decide: (document: Document | null, now: StoreTime) => Decision<Document, Result>,
    ) => {
      const unit = gitUnit(estate, id)
      const step = async (head: string | null): Promise<Step<Result>> => {
        const before = await load<Document>(unit, id, head)
        const decision = decide(before?.document ?? null, hostTime())
        const { result } = decision
        if (decision.write === undefined) return { result }
        const version = (before?.version ?? 0) + 1
        const text = encodeEnvelope(decision.write, version)
        const records = await freeSlots(repository, unit, {
          head,
          entries: decision.append ?? [],
          isRestart: decision.isRestart ?? false,
        })
        const files = new Map([[documentPath(unit, id), text], ...records])
        return { write: { files, message: `${id}: version ${version}` }, result }
      }
      return repository.call((endMs) =>
        repository.inTurn(unit, () => swapUnit(repository, unit, { endMs, isOptimistic: false, step })),
      )
    },
    list: (prefix) =>
      repository.call(async (endMs) => {
        const ids: string[] = []
        for (const { unit, head } of await unitsBelow(repository, { estate, prefix, endMs })) {
          const refs = repository.refs()
          const top = await refs.names(head, treeFolders.top, repository.callMsMax)
          const isSplit = top.includes(treeFolders.further)
          const further = isSplit ? await refs.names(head, treeFolders.further, repository.callMsMax) : []
          ids.push(...documentIds(unit, { top, further }))
        }
        return ids.filter((id) => id.startsWith(prefix)).sort()
      }),
    changed: async (id, { version, timeoutMs, signal }) => {
      const endMs = performance.now() + timeoutMs
      let waitMs = poll.firstMs
      for (;;) {
        signal?.throwIfAborted()
        if (((await read(id))?.version ?? 0) > version) return
        const leftMs = endMs - performance.now()
        if (leftMs <= 0) return
        await pauseFor(Math.min(leftMs, waitMs * (1 - Math.random() / 3)), signal)
        // The caller looks for itself when time is up.
        if (endMs - performance.now() <= 0) return
        waitMs = Math.min(waitMs * pollGrowth, poll.maxMs)
      }
    },
    now: async () => hostTime(),
  }
}

/** Files of the records whose slots are free. */
async function freeSlots(
  repository: GitRepository,
  unit: GitUnit,
  { head, entries, isRestart }: { head: string | null; entries: readonly LogEntry[]; isRestart: boolean },
): Promise<[string, string][]> {
  const paths = entries.map(({ log, seq }) => recordPath(unit, log, seq))
  const taken = head === null ? new Map() : await repository.refs().read(head, paths, repository.callMsMax)
  return entries.flatMap((entry, at): [string, string][] => {
    const path = paths[at] ?? ''
    if (!taken.has(path)) return [[path, encodeRecord(entry.record)]]
    if (isRestart) return []
    throw new ConductError('STORE_BEHIND', `record ${entry.seq} of ${entry.log} exists already`)
  })
}

/** The host's monotonic clock in one boot: it is compared with nobody else's. */
function hostTime(): StoreTime {
  return { ms: hostMonotonicMs(), era: readBootId(), wallMs: Date.now() }
}

async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
