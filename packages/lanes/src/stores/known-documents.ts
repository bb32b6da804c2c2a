/** Documents that a handle remembers. */
const documentsMax = 16

/** What a handle last read or wrote of each document, so that an unchanged one is not parsed again. */
export interface KnownDocuments {
  of(id: string): KnownDocument | null
  note(id: string, known: KnownDocument): void
}

export interface KnownDocument {
  /** Tells this state of the document from every other, whoever wrote them and however. */
  readonly mark: string
  readonly document: unknown
}

export function makeKnownDocuments(): KnownDocuments {
  const known = new Map<string, KnownDocument>()
  return {
    of: (id) => known.get(id) ?? null,
    note: (id, document) => {
      known.delete(id)
      known.set(id, document)
      const [oldest] = known.keys()
      if (known.size > documentsMax && oldest !== undefined) known.delete(oldest)
    },
  }
}
