import { ConductError, invariant, isConductError } from '@conduct/core'
import type { Decision, LogEntry } from '../store.ts'
import type { CallTime } from './call-time.ts'
import { decodeSlot, encodeSlot, type Envelope, newNonce } from './s3-envelope.ts'
import type { S3Keys } from './s3-keys.ts'
import type { S3Objects } from './s3-objects.ts'
import { encodeStored } from './stored-text.ts'

/**
 * Records that ride: written with the document in its own object, visible with it at once, and copied to their slots
 * afterwards by whoever wrote them, beside everything else. A swap drops what this handle knows to lie in its slot and
 * carries the rest on. Only when more than `pendingMax` would ride does a swap wait for copies: then a chain of short
 * processes, each of which knows only of its own record, pays for a look at eight slots once in eight writes.
 */
export interface S3Riding {
  /** `logs` and `pending` of the next envelope. @throws ConductError STORE_BEHIND, STORE_UNREACHABLE */
  carry(
    id: string,
    change: { readonly before: Envelope | null; readonly decision: Decision<unknown, unknown> },
    time: CallTime,
  ): Promise<Pick<Envelope, 'logs' | 'pending'>>
  /** Copies in the background what this write added, and the rest too when it has become much. */
  copySoon(written: Envelope, appended: readonly LogEntry[]): void
  /** Waits for what is being copied. */
  settled(): Promise<void>
}

/** Records that ride at most; each makes every read and write of the document longer. */
const pendingMax = 8

/** More than these ride nowhere: where slots cannot be written, documents are not written any more either. */
const pendingLimit = 32

/** From so many on, a handle also copies in the background what others wrote. */
const pendingMany = 4

/** Tries of one copy in the background; what fails goes on riding. */
const copyTriesMax = 3

/** Copied records that a handle remembers. */
const copiedMax = 1000

type Place = 'copied' | 'other'

export function makeS3Riding(options: {
  readonly objects: S3Objects
  readonly keys: S3Keys
  readonly newTime: () => CallTime
}): S3Riding {
  const { objects, keys, newTime } = options
  /** By log, slot and text: after a store went back, another record stands in the same slot. */
  const places = new Map<string, Place>()
  const copying = new Set<Promise<unknown>>()

  const placeOf = (entry: LogEntry): Place | undefined => places.get(nameOf(entry))
  const remember = (entry: LogEntry, place: Place): void => {
    places.set(nameOf(entry), place)
    const [oldest] = places.keys()
    if (places.size > copiedMax && oldest !== undefined) places.delete(oldest)
  }

  /** Unknown after all tries: nothing is remembered, the record rides on. */
  const copy = async (entry: LogEntry, time: CallTime): Promise<void> => {
    if (placeOf(entry) !== undefined) return
    const key = keys.slot(entry.log, entry.seq)
    for (let tries = 1; tries <= copyTriesMax; tries++) {
      const put = await objects.put(key, encodeSlot(entry.record, newNonce()), {
        time,
        only: { ifAbsent: true },
      })
      if (put.kind === 'written') return remember(entry, 'copied')
      const got = await objects.get(key, time)
      if (got.kind === 'found') {
        const { record } = decodeSlot(got.text, `record ${entry.seq} of ${entry.log}`)
        return remember(entry, encodeStored(record) === encodeStored(entry.record) ? 'copied' : 'other')
      }
    }
  }

  /** What the store does not take goes on riding; any other failure is our bug. */
  const copyOrLeave = async (entry: LogEntry, time: CallTime): Promise<void> => {
    try {
      await copy(entry, time)
    } catch (error) {
      if (!isConductError(error)) throw error
    }
  }

  const inBackground = async (entries: readonly LogEntry[]): Promise<void> => {
    const time = newTime()
    const work = Promise.all(entries.map((entry) => copyOrLeave(entry, time)))
    copying.add(work)
    await work
    copying.delete(work)
  }

  const left = (entries: readonly LogEntry[]): LogEntry[] =>
    entries.filter((entry) => placeOf(entry) === undefined)

  return {
    carry: async (id, { before, decision }, time) => {
      const appended = (decision.append ?? []).map(({ log, seq, record }) => ({ log, seq, record }))
      const logs = raised(id, before?.logs ?? {}, appended)
      const pending = before?.pending ?? []
      if (left(pending).length + appended.length > pendingMax || decision.isRestart === true) {
        await Promise.all(pending.map((entry) => copy(entry, time)))
      }
      const other = pending.find((entry) => placeOf(entry) === 'other')
      if (other !== undefined && decision.isRestart !== true) throw behind(objects, other)
      const riding = [...left(pending), ...appended]
      if (riding.length > pendingLimit) {
        throw new ConductError(
          'STORE_UNREACHABLE',
          `The store ${objects.address.shown} takes documents and no records: ${riding.length} of ${id} wait.`,
        )
      }
      return { logs, pending: riding }
    },
    copySoon: (written, appended) => {
      const rest = left(written.pending)
      const entries = rest.length >= pendingMany ? rest : appended
      if (entries.length > 0) void inBackground(entries)
    },
    settled: async () => {
      await Promise.all(copying)
    },
  }
}

/** @throws Error  a slot was taken already: our bug, not the store's. */
function raised(
  id: string,
  logs: Readonly<Record<string, number>>,
  appended: readonly LogEntry[],
): Record<string, number> {
  const next: Record<string, number> = { ...logs }
  for (const { log, seq } of appended) {
    invariant(log === id || parentOf(log) === id, `the log ${log} rides in ${id}`)
    invariant(seq > (next[log] ?? 0), `slot ${seq} of ${log} is free`)
    next[log] = seq
  }
  return next
}

/** Name of the document a log may ride in, beside the one of its own name. */
export function parentOf(log: string): string | null {
  const end = log.lastIndexOf('/')
  return end <= 0 ? null : log.slice(0, end)
}

function nameOf({ log, seq, record }: LogEntry): string {
  return `${log}\n${seq}\n${encodeStored(record)}`
}

function behind({ address }: S3Objects, { log, seq }: LogEntry): ConductError {
  return new ConductError(
    'STORE_BEHIND',
    `The store ${address.shown} went back: slot ${seq} of ${log} holds another record than the document.`,
  )
}
