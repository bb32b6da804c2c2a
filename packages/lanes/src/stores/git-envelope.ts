import { randomUUID } from 'node:crypto'
import type { Json } from '@conduct/core'
import type { Stored } from '../store.ts'
import { decodeStored, encodeStored, requireKnownFormat } from './stored-text.ts'

/**
 * A document as it lies in its file: with its version, and a nonce that makes every commit another one. Git calls a
 * push of a commit that is there already "up to date", whatever was expected.
 */
interface Envelope {
  readonly format: 1
  readonly version: number
  readonly nonce: string
  readonly document: unknown
}

export function encodeEnvelope(document: unknown, version: number): string {
  const envelope: Envelope = { format: 1, version, nonce: randomUUID(), document }
  return `${encodeStored(envelope)}\n`
}

/** @throws ConductError STORE_NEWER */
export function decodeEnvelope<Document>(text: string, what: string): Stored<Document> {
  const envelope = decodeStored(text, what) as unknown as Envelope
  const document = requireKnownFormat(envelope.document, what) as Document
  return { document, version: envelope.version }
}

/** A record beside its nonce: two writers of one identical record still make two commits. */
export function encodeRecord(record: Json): string {
  return `${encodeStored({ format: 1, nonce: randomUUID(), record })}\n`
}

/** @throws ConductError STORE_NEWER */
export function decodeRecord(text: string, what: string): Json {
  const envelope = decodeStored(text, what) as unknown as { readonly record: Json }
  return requireKnownFormat(envelope.record, what)
}
