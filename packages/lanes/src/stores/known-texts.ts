import { decodeStored, encodeStored, requireKnownFormat } from './stored-text.ts'

/** Documents whose text a handle remembers. */
const textsMax = 16

/** Every text is padded to a multiple of this. */
const blockChars = 2048

/**
 * What a handle last read or wrote of each document, so that an unchanged one is not parsed again. The text itself is
 * compared: whatever happened to the file, another text is another document.
 *
 * Documents are immutable values: what stands in their lists is replaced, never changed, and is put into text once.
 */
export interface KnownTexts {
  decode(id: string, text: string): unknown
  /** Padded with blanks to one of few lengths, where that is asked for. */
  encode(id: string, document: unknown): string
}

/** @param options.isPadded for a database that changes a row in place if its length stays; default: true. */
export function makeKnownTexts(options: { readonly isPadded?: boolean } = {}): KnownTexts {
  const texts = new WeakMap<object, string>()
  const known = new Map<string, { readonly text: string; readonly document: unknown }>()
  const remember = (id: string, text: string, document: unknown): void => {
    known.delete(id)
    known.set(id, { text, document })
    const [oldest] = known.keys()
    if (known.size > textsMax && oldest !== undefined) known.delete(oldest)
  }
  return {
    decode: (id, text) => {
      const found = known.get(id)
      if (found?.text === text) return requireKnownFormat(found.document, `document ${id}`)
      const document = decodeStored(text, `document ${id}`)
      remember(id, text, document)
      return document
    },
    encode: (id, document) => {
      const encoded = encodeLists(document, { texts, before: known.get(id)?.document })
      const text = options.isPadded === false ? encoded : pad(encoded)
      remember(id, text, document)
      return text
    },
  }
}

interface Known {
  readonly texts: WeakMap<object, string>
  /** The document that this one follows. */
  readonly before: unknown
}

/** The same as `encodeStored`, with the items of the lists of a document taken from `texts`. */
function encodeLists(document: unknown, { texts, before }: Known): string {
  if (!isObject(document)) return encodeStored(document)
  const members = Object.entries(document).flatMap(([key, value]) => {
    if (value === undefined) return []
    const listBefore = isObject(before) ? before[key] : undefined
    const text = Array.isArray(value)
      ? encodeItems(value, { texts, before: listBefore })
      : encodeStored(value)
    return [`${JSON.stringify(key)}:${text}`]
  })
  return `{${members.join(',')}}`
}

/** Most decisions leave most lists as they are, or add to the end of one: what is known is not put into text again. */
function encodeItems(items: readonly unknown[], { texts, before }: Known): string {
  const known = texts.get(items)
  if (known !== undefined) return known
  const list =
    encodeLonger(items, { texts, before }) ?? `[${items.map((item) => encodeItem(item, texts)).join(',')}]`
  texts.set(items, list)
  return list
}

/** Null unless the list is the one before it and one item more. */
function encodeLonger(items: readonly unknown[], { texts, before }: Known): string | null {
  if (!Array.isArray(before) || before.length === 0 || items.length !== before.length + 1) return null
  const text = texts.get(before)
  if (text === undefined || before.some((item, index) => item !== items[index])) return null
  return `${text.slice(0, -1)},${encodeItem(items.at(-1), texts)}]`
}

function encodeItem(item: unknown, texts: WeakMap<object, string>): string {
  if (item === null || typeof item !== 'object') return encodeStored(item ?? null)
  const found = texts.get(item)
  if (found !== undefined) return found
  const text = encodeStored(item)
  texts.set(item, text)
  return text
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function pad(text: string): string {
  return text.padEnd(Math.ceil(text.length / blockChars) * blockChars)
}
