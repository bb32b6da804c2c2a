import { setTimeout as delay } from 'node:timers/promises'
import { hostMonotonicMs, readBootId } from '../host/boot.ts'
import type { Decision, Register, Stored, StoreTime } from '../store.ts'
import type { CallTime } from './call-time.ts'
import { nextEnvelope } from './s3-envelope.ts'
import type { Found, S3Documents } from './s3-documents.ts'
import type { S3Keys } from './s3-keys.ts'
import type { S3Objects } from './s3-objects.ts'
import type { S3Riding } from './s3-riding.ts'
import { inParallel } from './in-parallel.ts'

/** How long a look for changes waits: each is a request that is paid for. Drawn down to two thirds. */
const pollMsFirst = 250
export const pollMsMax = 2000
const pollGrowth = 1.4

/** After a write that another writer overtook. */
const lostMsFirst = 10
const lostMsMax = 250

/** An object this short may hold no document: see `Envelope.document`. */
const emptyBytesMax = 1000

export function makeS3Register(options: {
  readonly objects: S3Objects
  readonly keys: S3Keys
  readonly documents: S3Documents
  readonly riding: S3Riding
  readonly newTime: () => CallTime
}): Register {
  const { objects, keys, documents, riding, newTime } = options
  const inTurn = makeTurns()

  return {
    read: async <Document>(id: string): Promise<Stored<Document> | null> =>
      storedIn(await documents.read(id, newTime())) as Stored<Document> | null,

    change: <Document, Result>(
      id: string,
      decide: (document: Document | null, now: StoreTime) => Decision<Document, Result>,
    ) => {
      const time = newTime()
      return inTurn(id, async () => {
        for (let lost = 0; ; lost++) {
          const from = await documents.read(id, time)
          const decision = decide((storedIn(from)?.document ?? null) as Document | null, storeTime())
          if (decision.write === undefined) {
            if (await documents.isSettled(id, from, time)) return decision.result
            continue
          }
          const before = from?.envelope ?? null
          const carried = await riding.carry(id, { before, decision }, time)
          const to = nextEnvelope(before, { ...carried, document: decision.write })
          const written = await documents.swap(id, { from, to }, time)
          if (written !== null) {
            riding.copySoon(to, decision.append ?? [])
            return decision.result
          }
          await time.pause(Math.min(lostMsFirst * 2 ** lost, lostMsMax))
        }
      })
    },

    list: async (prefix) => {
      const time = newTime()
      const listed = await objects.list(keys.documents(prefix), time)
      const ids = await inParallel(listed.keys, async ({ key, bytes }) => {
        const id = keys.idOf(key)
        const isThere = bytes > emptyBytesMax || storedIn(await documents.read(id, time)) !== null
        return isThere ? [id] : []
      })
      return ids.flat().sort()
    },

    changed: async (id, { version, timeoutMs, signal }) => {
      const endMs = performance.now() + timeoutMs
      let waitMs = pollMsFirst
      for (;;) {
        signal?.throwIfAborted()
        const found = await documents.read(id, newTime())
        const leftMs = endMs - performance.now()
        if ((found?.envelope.version ?? 0) > version || leftMs <= 0) return
        await pause(Math.min(leftMs, waitMs * (1 - Math.random() / 3)), signal)
        waitMs = Math.min(waitMs * pollGrowth, pollMsMax)
      }
    },

    now: async () => storeTime(),
  }
}

/** Null too for an envelope without a document. */
function storedIn(found: Found | null): Stored<unknown> | null {
  if (found === null || found.envelope.document === null) return null
  return { document: found.envelope.document, version: found.envelope.version }
}

/** One after the other per document: of the writers in one process none makes another lose. */
function makeTurns() {
  const tails = new Map<string, Promise<unknown>>()
  return async <Result>(id: string, work: () => Promise<Result>): Promise<Result> => {
    const before = tails.get(id) ?? Promise.resolve()
    const own = before.then(work, work)
    tails.set(id, own)
    try {
      return await own
    } finally {
      if (tails.get(id) === own) tails.delete(id)
    }
  }
}

function storeTime(): StoreTime {
  return { ms: hostMonotonicMs(), era: readBootId(), wallMs: Date.now() }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
