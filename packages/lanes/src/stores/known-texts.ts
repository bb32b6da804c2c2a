import { makeEncodeDocument } from './document-texts.ts'
import { makeKnownDocuments } from './known-documents.ts'
import { decodeStored, requireKnownFormat } from './stored-text.ts'

/**
 * Every text is padded to a multiple of this, and stays as long as it was unless that is too short or more than twice
 * too long: a database changes a row in place, and only the pages that differ, if its length stays.
 */
const blockChars = 2048

/**
 * Documents that are known by their whole text: whatever happened to the file, another text is another document.
 */
export interface KnownTexts {
  decode(id: string, text: string): unknown
  /** Padded with blanks to one of few lengths. */
  encode(id: string, document: unknown): string
}

export function makeKnownTexts(): KnownTexts {
  const known = makeKnownDocuments()
  const encodeDocument = makeEncodeDocument()
  return {
    decode: (id, text) => {
      const found = known.of(id)
      if (found?.mark === text) return requireKnownFormat(found.document, `document ${id}`)
      const document = decodeStored(text, `document ${id}`)
      known.note(id, { mark: text, document })
      return document
    },
    encode: (id, document) => {
      const before = known.of(id)
      const text = pad(encodeDocument(document, before?.document), before?.mark.length ?? 0)
      known.note(id, { mark: text, document })
      return text
    },
  }
}

function pad(text: string, lengthBefore: number): string {
  const fits = text.length <= lengthBefore && lengthBefore <= 2 * text.length
  return text.padEnd(fits ? lengthBefore : Math.ceil(text.length / blockChars) * blockChars)
}
