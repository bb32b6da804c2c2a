import { identifyFile, isUndoFile } from '../identity/file-identity.ts'

export interface NewName {
  readonly version: string
  /** Counts from 1; a file that was split has several. */
  readonly part: number
  /** The name in it where that has to change, too. */
  readonly name?: string
}

/**
 * The path of a migration under another version, in the way of its folder: nothing but the version changes, and the name where
 * there are several of it.
 */
export function renamedPath(path: string, { version, part, name }: NewName): string {
  const parts = path.split('/')
  const isFolder = parts.at(-1) === 'migration.sql'
  const at = parts.length - (isFolder ? 2 : 1)
  const old = parts[at] ?? ''
  const prefix = /^[VU]?/.exec(old)?.[0] ?? ''
  const rest = old.slice(prefix.length).replace(/^\d+(?:[._]\d+)*(?=__)|^\d+/, '')
  const known = identifyFile(path)?.name ?? ''
  const renamed = name === undefined ? rest : rest.replace(known, name)
  const numbered = part === 1 ? renamed : isFolder ? `${renamed}_${part}` : suffixed(renamed, part)
  return [...parts.slice(0, at), `${prefix}${version}${numbered}`, ...parts.slice(at + 1)].join('/')
}

function suffixed(rest: string, part: number): string {
  const end = /(?:\.up)?\.[a-z]+$/.exec(rest)?.[0] ?? ''
  return `${rest.slice(0, rest.length - end.length)}_${part}${end}`
}

/** Whether `undo` takes back the migration at `path`. */
export function takesBack(undo: string, path: string): boolean {
  return isUndoFile(undo) && (stem(undo) === stem(path) || asUndone(undo) === path)
}

function stem(path: string): string {
  return path.replace(/(?:\.up|\.down)?\.sql$/, '')
}

/** Flyway: `U2__x.sql` takes back `V2__x.sql`. */
function asUndone(undo: string): string {
  return undo.replace(/(^|\/)U(?=\d[^/]*$)/, '$1V')
}
