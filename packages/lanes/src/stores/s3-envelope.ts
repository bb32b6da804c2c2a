import { randomBytes } from 'node:crypto'
import { ConductError, type Json } from '@conduct/core'
import type { LogEntry } from '../store.ts'
import { decodeStored, encodeStored, requireKnownFormat } from './stored-text.ts'

/** A document as it lies in its object. */
export interface Envelope {
  readonly format: 1
  readonly version: number
  /**
   * A fresh random text per write: an ETag is the MD5 of the body, and two equal bodies would be one version. Followed
   * by those of the writes before, newest first: whoever missed the answer to a write finds out here whether it was
   * made, even when others have written on top of it.
   */
  readonly nonces: readonly string[]
  /** Highest record appended so far, per log that rides in this document. */
  readonly logs: Readonly<Record<string, number>>
  /** Records that may not be in their slots yet, in order. */
  readonly pending: readonly LogEntry[]
  /** Null: none was written yet, but an unanswered write had to be made impossible. */
  readonly document: unknown
}

/** Writes that an envelope remembers; whoever missed more than these answers `unknown`. */
const noncesMax = 32

/** 72 bits: enough that no two of them are ever equal. */
const nonceBytes = 9

export function newNonce(): string {
  return randomBytes(nonceBytes).toString('base64url')
}

export function nextEnvelope(
  before: Envelope | null,
  { logs, pending, document }: Pick<Envelope, 'logs' | 'pending' | 'document'>,
): Envelope {
  return {
    format: 1,
    version: (before?.version ?? 0) + 1,
    nonces: [newNonce(), ...(before?.nonces ?? [])].slice(0, noncesMax),
    logs,
    pending,
    document,
  }
}

/** The same document and records as another write, so that a write on the version before can no longer arrive. */
export function rewritten(before: Envelope | null): Envelope {
  return nextEnvelope(before, before ?? { logs: {}, pending: [], document: null })
}

/**
 * What became of a write, by what stands there now: `ours` (perhaps with others on top), `lost` (another write took
 * its version), or `unknown` (so many writes ago that nothing here tells).
 */
export function fateOf(written: Envelope, found: Envelope | null): 'ours' | 'lost' | 'unknown' {
  if (found === null || found.version < written.version) return 'lost'
  const nonce = found.nonces[found.version - written.version]
  if (nonce === undefined) return 'unknown'
  return nonce === written.nonces[0] ? 'ours' : 'lost'
}

export function encodeEnvelope(envelope: Envelope): string {
  return encodeStored(envelope)
}

/** @throws ConductError STORE_NEWER, STORE_REFUSED (somebody else's object) */
export function decodeEnvelope(text: string, what: string): Envelope {
  const envelope = decodeObject(text, what) as unknown as Envelope
  if (typeof envelope.version !== 'number' || !Array.isArray(envelope.nonces)) throw notOurs(what)
  requireKnownFormat(envelope.document, what)
  return envelope
}

export function encodeSlot(record: Json, nonce: string): string {
  return encodeStored({ format: 1, nonce, record })
}

/** @throws ConductError STORE_NEWER, STORE_REFUSED */
export function decodeSlot(text: string, what: string): { readonly nonce: string; readonly record: Json } {
  const slot = decodeObject(text, what) as { nonce?: unknown; record?: Json }
  if (typeof slot.nonce !== 'string' || slot.record === undefined) throw notOurs(what)
  return { nonce: slot.nonce, record: requireKnownFormat(slot.record, what) }
}

function decodeObject(text: string, what: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = decodeStored(text, what)
  } catch (error) {
    if (error instanceof SyntaxError) throw notOurs(what)
    throw error
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw notOurs(what)
  return value as Readonly<Record<string, unknown>>
}

function notOurs(what: string): ConductError {
  return new ConductError('STORE_REFUSED', `The object of ${what} was not written by conduct.`, {
    hint: 'Use a prefix that nothing else writes to.',
  })
}
