import { makeEncodeDocument } from './document-texts.ts'
import { makeKnownDocuments } from './known-documents.ts'
import { decodeStored, requireKnownFormat } from './stored-text.ts'

/** Every text is padded to a multiple of this: a database changes a row in place if its length stays. */
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
      const text = pad(encodeDocument(document, known.of(id)?.document))
      known.note(id, { mark: text, document })
      return text
    },
  }
}

function pad(text: string): string {
  return text.padEnd(Math.ceil(text.length / blockChars) * blockChars)
}
