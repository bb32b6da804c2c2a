import { ConductError } from '@conduct/core'
import type { CallTime } from './call-time.ts'
import { decodeEnvelope, encodeEnvelope, type Envelope, fateOf, rewritten } from './s3-envelope.ts'
import type { S3Keys } from './s3-keys.ts'
import type { Condition, S3Objects } from './s3-objects.ts'

/**
 * The compare-and-set of documents, and what is done about writes that were not answered.
 *
 * A write is sent under the condition that the version it was decided on still stands there. Until an answer comes,
 * the same bytes are sent again: of several copies at most one can act, since each changes the ETag. Then what stands
 * there tells (`fateOf`): ours, or another version, after which no copy can act any more. Where time runs out before
 * that, the version is remembered as open: a later call that finds it still there and wants to write nothing writes
 * it anew first, because "nothing happened" would otherwise be told before it is true.
 */
export interface S3Documents {
  read(id: string, time: CallTime): Promise<Found | null>
  /** Null: lost to another writer, read again. */
  swap(
    id: string,
    change: { readonly from: Found | null; readonly to: Envelope },
    time: CallTime,
  ): Promise<Found | null>
  /** False: an unanswered write could still arrive on this version, and had to be made impossible: read again. */
  isSettled(id: string, found: Found | null, time: CallTime): Promise<boolean>
}

export interface Found {
  readonly etag: string
  readonly envelope: Envelope
}

/** Times that one write is sent. */
const swapTriesMax = 12

const retryMsFirst = 20
const retryMsMax = 400

/** Documents whose latest content a handle remembers, so that an unchanged one is not sent again. */
const knownMax = 64

export function makeS3Documents(objects: S3Objects, keys: S3Keys): S3Documents {
  const known = new Map<string, Found>()
  /** ETag under which an unanswered write may still act; null: that of no object. */
  const open = new Map<string, string | null>()

  const remember = (id: string, found: Found): Found => {
    known.delete(id)
    known.set(id, found)
    const [oldest] = known.keys()
    if (known.size > knownMax && oldest !== undefined) known.delete(oldest)
    return found
  }

  const read: S3Documents['read'] = async (id, time) => {
    const before = known.get(id)
    const got = await objects.get(keys.document(id), time, { unless: before?.etag })
    if (got.kind === 'same' && before !== undefined) return before
    if (got.kind === 'found') {
      return remember(id, { etag: got.etag, envelope: decodeEnvelope(got.text, `document ${id}`) })
    }
    known.delete(id)
    return null
  }

  const swap: S3Documents['swap'] = async (id, { from, to }, time) => {
    const text = encodeEnvelope(to)
    const only: Condition = from === null ? { ifAbsent: true } : { ifMatch: from.etag }
    let isOpen = false
    for (let tries = 1; tries <= swapTriesMax; tries++) {
      const put = await objects.put(keys.document(id), text, { time, only })
      if (put.kind === 'written') {
        open.delete(id)
        const written = { etag: put.etag, envelope: to }
        return put.etag === '' ? written : remember(id, written)
      }
      if (put.kind === 'unknown') {
        isOpen = true
        open.set(id, from?.etag ?? null)
      }
      const found = await read(id, time)
      const fate = fateOf(to, found?.envelope ?? null)
      if (fate === 'ours') {
        open.delete(id)
        return found
      }
      if ((found?.etag ?? null) !== (from?.etag ?? null)) {
        open.delete(id)
        if (fate === 'lost' || !isOpen) return null
        throw new ConductError(
          'STORE_UNREACHABLE',
          `The store ${objects.address.shown} did not answer a write of ${id}, and so many others have written since that it is not known whether it was made.`,
        )
      }
      await time.pause(Math.min(retryMsFirst * 2 ** tries, retryMsMax))
    }
    throw new ConductError(
      'STORE_UNREACHABLE',
      `The store ${objects.address.shown} did not take a write of ${id} in ${swapTriesMax} tries.`,
    )
  }

  return {
    read,
    swap,
    isSettled: async (id, found, time) => {
      if (!open.has(id)) return true
      if (open.get(id) === (found?.etag ?? null)) {
        await swap(id, { from: found, to: rewritten(found?.envelope ?? null) }, time)
        return false
      }
      open.delete(id)
      return true
    },
  }
}
