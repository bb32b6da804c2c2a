/**
 * Keys of one estate. Names keep letters, digits, `.`, `_` and `-`; every other byte becomes `!` and two hex digits,
 * `/` too. So a name is one segment of a key, the start of a name is the start of its key (listing by prefix is
 * literal), and no proxy that decodes a path twice makes another key of it.
 *
 * - `<prefix><estate>/d/<id>`: a document;
 * - `<prefix><estate>/l/<log>/<seq>`: a slot of a log;
 * - `<prefix>!probe/…`: what was tried out before the place was used. No name of an estate becomes that.
 *
 * Source: characters that are safe in keys, "Naming Amazon S3 objects" in its user guide.
 */
export interface S3Keys {
  document(id: string): string
  /** Start of the keys of all documents whose ids start so. */
  documents(idPrefix: string): string
  idOf(key: string): string
  slot(log: string, seq: number): string
  slots(log: string): string
  seqOf(key: string): number
  /** Start of the keys of all logs whose names start so. */
  logs(namePrefix: string): string
  /** Of what a listing by `/` gives: a key up to the slash after the log. */
  logOf(folder: string): string
}

/** Digits of a slot's number: sorted as text is sorted by number. */
const seqDigits = 12

export function makeS3Keys(prefix: string, estate: string | null): S3Keys {
  const base = `${prefix}${estate === null ? '!none' : encodeName(estate)}/`
  const documents = `${base}d/`
  const logs = `${base}l/`
  return {
    document: (id) => documents + encodeName(id),
    documents: (idPrefix) => documents + encodeName(idPrefix),
    idOf: (key) => decodeName(key.slice(documents.length)),
    slot: (log, seq) => `${logs}${encodeName(log)}/${String(seq).padStart(seqDigits, '0')}`,
    slots: (log) => `${logs}${encodeName(log)}/`,
    seqOf: (key) => Number(key.slice(-seqDigits)),
    logs: (namePrefix) => logs + encodeName(namePrefix),
    logOf: (folder) => decodeName(folder.slice(logs.length, -1)),
  }
}

export function encodeName(name: string): string {
  return Array.from(name, (character, index) => {
    const isPlain = /^[A-Za-z0-9_-]$/.test(character) || (character === '.' && index > 0)
    return isPlain ? character : encodeBytes(character)
  }).join('')
}

export function decodeName(text: string): string {
  return decodeURIComponent(text.replaceAll('!', '%'))
}

function encodeBytes(character: string): string {
  return [...Buffer.from(character, 'utf8')]
    .map((byte) => `!${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('')
}
