/**
 * Where things lie in a repository. A *unit* is what is written together: a document, the logs named after it, and
 * whatever else shares the first two segments of its name. It has one ref, `refs/conduct/<estate>/<one>/<two>`; its
 * tree holds the documents and the logs.
 *
 * Names are spelled so that every remote keeps them apart, also one whose file system does not tell `A` from `a`:
 * lower-case letters, digits and inner `-` and `_` stand for themselves, every other byte is `=` and two hex digits.
 */
export interface GitUnit {
  readonly ref: string
  /** What the unit's names begin with; its own name. */
  readonly name: string
}

/** Stands for "none", which no name is spelled as. */
const none = '_'

export function gitUnit(estate: string | null, name: string): GitUnit {
  const [first = '', second] = name.split('/', 2)
  const parts = [estate, first, second].map((part) =>
    part === undefined || part === null ? none : spell(part),
  )
  return {
    ref: `${conductRefs}${parts.join('/')}`,
    name: second === undefined ? first : `${first}/${second}`,
  }
}

export const conductRefs = 'refs/conduct/'

/** All refs of an estate begin with it. */
export function estateRefs(estate: string | null): string {
  return `${conductRefs}${estate === null ? none : spell(estate)}/`
}

/** Refs that are no units: what was found out about the remote. No name is spelled so. */
export function probeRefs(estate: string | null): string {
  return `${estateRefs(estate)}_probe/`
}

/** The unit of a ref below `estateRefs`; null for any other ref. */
export function unitOfRef(estate: string | null, ref: string): GitUnit | null {
  const start = estateRefs(estate)
  const [first, second, more] = ref.slice(start.length).split('/')
  if (!ref.startsWith(start) || first === undefined || second === undefined || more !== undefined) return null
  if (first.startsWith(none)) return null
  const name = second === none ? read(first) : `${read(first)}/${read(second)}`
  return { ref, name }
}

const ownDocument = 'document.json'
const furtherDocuments = 'documents'
const logs = 'log'

/** The file of a document in its unit's tree. */
export function documentPath(unit: GitUnit, id: string): string {
  return id === unit.name ? ownDocument : `${furtherDocuments}/${spell(restOf(unit, id))}.json`
}

/**
 * Records per folder, so that folders stay small in a log of ten thousands. The folders stand at the top of the tree:
 * each level between would be one more object in every push.
 */
const shardSize = 100
const shardDigits = 7

export function recordPath(unit: GitUnit, log: string, seq: number): string {
  return `${shardFolder(unit, log, Math.floor(seq / shardSize))}/${String(seq % shardSize).padStart(2, '0')}.json`
}

/** The folders of a log that may hold `fromSeq` or later, in order; `top`: the names at the top of the unit's tree. */
export function shardsFrom(
  unit: GitUnit,
  log: string,
  { top, fromSeq }: { readonly top: readonly string[]; readonly fromSeq: number },
): readonly string[] {
  const first = shardFolder(unit, log, Math.floor(fromSeq / shardSize))
  const start = first.slice(0, -shardDigits)
  return top.filter((name) => name.startsWith(start) && name >= first).sort()
}

export function seqOf(shard: string, file: string): number {
  return Number(shard.slice(-shardDigits)) * shardSize + Number(file.replace('.json', ''))
}

/** Ids of the documents in a unit, from the names at the top of its tree and in `documents`. */
export function documentIds(
  unit: GitUnit,
  names: { readonly top: readonly string[]; readonly further: readonly string[] },
): string[] {
  const own = names.top.includes(ownDocument) ? [unit.name] : []
  return [...own, ...names.further.map((name) => `${unit.name}/${read(name.replace(/\.json$/, ''))}`)]
}

/** Logs of a unit, from the names at the top of its tree. */
export function logNames(unit: GitUnit, top: readonly string[]): string[] {
  const spelled = top.flatMap((name) => {
    const [kind, log] = name.split('.')
    return kind === logs && log !== undefined ? [log] : []
  })
  return [...new Set(spelled)].map((log) => (log === none ? unit.name : `${unit.name}/${read(log)}`))
}

export const treeFolders = { top: '', further: furtherDocuments } as const

/** `log.history.0000012`; no spelled name holds a dot. */
function shardFolder(unit: GitUnit, log: string, shard: number): string {
  const name = log === unit.name ? none : spell(restOf(unit, log))
  return `${logs}.${name}.${String(shard).padStart(shardDigits, '0')}`
}

function restOf(unit: GitUnit, name: string): string {
  return name.slice(unit.name.length + 1)
}

function spell(part: string): string {
  if (part === '') return '='
  const spelled = [...Buffer.from(part)].map((byte, at) => {
    const sign = String.fromCharCode(byte)
    const isPlain = /[a-z0-9]/.test(sign) || (at > 0 && /[-_]/.test(sign))
    return isPlain ? sign : `=${byte.toString(16).padStart(2, '0')}`
  })
  return spelled.join('')
}

function read(spelled: string): string {
  if (spelled === '=') return ''
  const bytes = spelled.match(/=[0-9a-f]{2}|[^]/g) ?? []
  return Buffer.from(
    bytes.map((text) => (text.length === 3 ? Number.parseInt(text.slice(1), 16) : text.charCodeAt(0))),
  ).toString('utf8')
}
