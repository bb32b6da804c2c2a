import { createHash } from 'node:crypto'

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/** JSON with sorted keys and without undefined: equal values give equal text, whatever order they were built in. */
export function canonicalJson(value: unknown): string {
  return encodeCanonical(value) ?? 'null'
}

/** Undefined for what JSON leaves out: undefined itself, functions, symbols. */
function encodeCanonical(value: unknown): string | undefined {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null'
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  return encodeObject(value)
}

function encodeObject(value: object): string | undefined {
  if ('toJSON' in value && typeof value.toJSON === 'function') return encodeCanonical(value.toJSON())
  if (Array.isArray(value)) return `[${value.map((item) => encodeCanonical(item) ?? 'null').join(',')}]`
  const record = value as Record<string, unknown>
  let text = ''
  for (const key of Object.keys(record).sort()) {
    const member = encodeCanonical(record[key])
    if (member !== undefined) text += `${text === '' ? '' : ','}${quote(key)}:${member}`
  }
  return `{${text}}`
}

/** Nearly every text of ours: printable ASCII without anything to escape. */
const plainText = /^[ !#-[\]-~]*$/

function quote(text: string): string {
  return plainText.test(text) ? `"${text}"` : JSON.stringify(text)
}

/** SHA-256 of the canonical JSON, lower-case hex (64 characters). */
export function hashJson(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
