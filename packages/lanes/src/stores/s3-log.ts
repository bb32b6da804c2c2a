import { ConductError } from '@conduct/core'
import type { Log, LogEntry } from '../store.ts'
import type { CallTime } from './call-time.ts'
import { inParallel } from './in-parallel.ts'
import type { S3Documents } from './s3-documents.ts'
import { decodeSlot, encodeSlot, newNonce } from './s3-envelope.ts'
import type { S3Keys } from './s3-keys.ts'
import type { S3Objects } from './s3-objects.ts'
import { parentOf } from './s3-riding.ts'

/** Times that one record is sent; all copies carry one nonce, and the slot takes one of them. */
const appendTriesMax = 12
const retryMs = 30

/**
 * One object per slot. A log is filled by `append` or by decisions, never by both; records of decisions that still
 * ride are read with those in their slots.
 */
export function makeS3Log(options: {
  readonly objects: S3Objects
  readonly keys: S3Keys
  readonly documents: S3Documents
  readonly newTime: () => CallTime
}): Log {
  const { objects, keys, documents, newTime } = options

  const ridingIn = async (log: string, time: CallTime): Promise<readonly LogEntry[]> => {
    const ids = [log, parentOf(log)].filter((id) => id !== null)
    const found = await Promise.all(ids.map((id) => documents.read(id, time)))
    return found.flatMap((document) => document?.envelope.pending ?? []).filter((entry) => entry.log === log)
  }

  return {
    append: async ({ log, seq, record }) => {
      const time = newTime()
      const key = keys.slot(log, seq)
      const nonce = newNonce()
      const text = encodeSlot(record, nonce)
      for (let tries = 1; tries <= appendTriesMax; tries++) {
        const put = await objects.put(key, text, { time, only: { ifAbsent: true } })
        if (put.kind === 'written') return 'appended'
        const got = await objects.get(key, time)
        if (got.kind === 'found') {
          const isOurs = decodeSlot(got.text, `record ${seq} of ${log}`).nonce === nonce
          return isOurs ? 'appended' : 'taken'
        }
        await time.pause(retryMs * tries)
      }
      throw new ConductError(
        'STORE_UNREACHABLE',
        `The store ${objects.address.shown} did not take record ${seq} of ${log} in ${appendTriesMax} tries.`,
      )
    },

    read: async (log, { fromSeq = 1, limit } = {}) => {
      const time = newTime()
      // In this order: what stops to ride in between is in its slot by then.
      const riding = await ridingIn(log, time)
      const listed = await objects.list(keys.slots(log), time, {
        startAfter: keys.slot(log, fromSeq - 1),
        ...(limit === undefined ? {} : { limit }),
      })
      const found = await inParallel(listed.keys, async ({ key }): Promise<LogEntry> => {
        const seq = keys.seqOf(key)
        const what = `record ${seq} of ${log}`
        const got = await objects.get(key, time)
        if (got.kind !== 'found') {
          throw new ConductError(
            'STORE_UNREACHABLE',
            `The store ${objects.address.shown} lists ${what} and does not have it.`,
          )
        }
        return { log, seq, record: decodeSlot(got.text, what).record }
      })
      const inSlots = new Set(found.map(({ seq }) => seq))
      return [...found, ...riding.filter(({ seq }) => seq >= fromSeq && !inSlots.has(seq))]
        .sort((a, b) => a.seq - b.seq)
        .slice(0, limit)
    },

    list: async (prefix) => {
      const time = newTime()
      const parent = parentOf(prefix)
      const [slots, below] = await Promise.all([
        objects.list(keys.logs(prefix), time, { byFolder: true }),
        objects.list(keys.documents(prefix), time),
      ])
      const ids = [...below.keys.map(({ key }) => keys.idOf(key)), ...(parent === null ? [] : [parent])]
      const riding = await inParallel(ids, async (id) =>
        Object.keys((await documents.read(id, time))?.envelope.logs ?? {}),
      )
      const logs = [...slots.folders.map((folder) => keys.logOf(folder)), ...riding.flat()]
      return [...new Set(logs.filter((log) => log.startsWith(prefix)))].sort()
    },
  }
}
