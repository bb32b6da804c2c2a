import { encodeStored } from './stored-text.ts'

/**
 * Puts documents into text: the same as `encodeStored`, in fewer steps. Documents are immutable values: what stands in
 * their lists is replaced, never changed, and is put into text once.
 *
 * @param before the document that this one follows, or null.
 */
export type EncodeDocument = (document: unknown, before: unknown) => string

export function makeEncodeDocument(): EncodeDocument {
  const texts = new WeakMap<object, string>()
  return (document, before) => encodeLists(document, { texts, before })
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
