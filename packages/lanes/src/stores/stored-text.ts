import { ConductError, type Json } from '@conduct/core'
import type { LogEntry } from '../store.ts'

/** The highest `format` of a stored document or record that this conduct understands. */
const formatMax = 1

export function encodeStored(value: unknown): string {
  return JSON.stringify(value)
}

/** What a slot of the log holds. */
export function recordText({ record, text }: LogEntry): string {
  return text ?? encodeStored(record)
}

/**
 * @param what names the document or the slot for people.
 * @throws ConductError STORE_NEWER  a newer conduct wrote it: nothing is read into it.
 */
export function decodeStored(text: string, what: string): Json {
  return requireKnownFormat(JSON.parse(text) as Json, what)
}

/** @throws ConductError STORE_NEWER */
export function requireKnownFormat<Value>(value: Value, what: string): Value {
  if (value !== null && typeof value === 'object' && 'format' in value) {
    const { format } = value
    if (typeof format === 'number' && format > formatMax) throw newerStore(`${what} has format ${format}`)
  }
  return value
}

export function newerStore(what: string): ConductError {
  return new ConductError('STORE_NEWER', `The store was written by a newer conduct: ${what}.`)
}
