import semver from 'semver'
import { descriptorsIn, packageOf } from '../lockfiles/yarn-classic-lock.ts'
import { splitKey } from '../lockfiles/pnpm-lock.ts'
import type { Wanted } from './adoption-edits.ts'

export interface JoinOptions {
  /** How this generation writes a list of descriptors. */
  readonly keyOf: (descriptors: readonly string[]) => string
  readonly wanted: Wanted
  /** Descriptors of the manifests as they stay. */
  readonly asked: readonly string[]
}

interface Entry {
  readonly descriptors: readonly string[]
  readonly version: string
  /** Below the key. */
  readonly body: string
}

/**
 * yarn never lets a range share a version that is locked for another one: asked for `^1.0.0` again it would take the
 * newest. So the entry of the wanted version, which yarn itself wrote, gets every range that takes it: those of the
 * manifests, and those by which other packages still hold an older version. yarn then reads the result, and drops what
 * nobody needs any more.
 */
export function joinRanges(text: string, { keyOf, wanted, asked }: JoinOptions): string {
  const parts = text.split(/(?:\r?\n){2,}/)
  const entries = parts.map(entryIn)
  const ours = entries.filter(
    (entry) => entry !== null && packageOf(entry.descriptors[0] ?? '') === wanted.name,
  )
  const target = ours.find((entry) => entry?.version === wanted.version)
  if (target === undefined || target === null) return text
  const known = new Set(ours.flatMap((entry) => entry?.descriptors ?? []))
  const isTaken = (descriptor: string): boolean => semver.satisfies(wanted.version, rangeOf(descriptor))
  const older = ours.filter((entry) => entry !== null && isOlder(entry.version, wanted.version))
  const joined = [
    ...target.descriptors,
    ...older.flatMap((entry) => entry?.descriptors.filter(isTaken) ?? []),
    ...asked.filter((descriptor) => !known.has(descriptor)),
  ]
  return parts
    .flatMap((part, index) => {
      const entry = entries[index] ?? null
      if (entry === null) return [part]
      if (entry === target) return [`${keyOf([...new Set(joined)].sort())}\n${entry.body}`]
      if (!older.includes(entry)) return [part]
      const left = entry.descriptors.filter((descriptor) => !isTaken(descriptor))
      return left.length === 0 ? [] : [`${keyOf(left)}\n${entry.body}`]
    })
    .join('\n\n')
    .replace(/\n*$/, '\n')
}

/** `a@^1.0.0`, `a@npm:^1.0.0`, `b@npm:a@^1.0.0` → `^1.0.0`. */
function rangeOf(descriptor: string): string {
  const written = (splitKey(descriptor)?.version ?? '').replace(/^npm:/, '')
  return splitKey(written)?.version ?? written
}

function isOlder(version: string, than: string): boolean {
  return semver.valid(version) !== null && semver.lt(version, than)
}

/** A part may begin with comments; a key of more than 1024 characters stands behind `? `, its colon on the next line. */
function entryIn(part: string): Entry | null {
  const lines = part.split(/\r?\n/)
  const at = lines.findIndex((line) => line !== '' && !line.startsWith('#'))
  const first = lines[at]
  if (first === undefined || first.startsWith(' ')) return null
  const isLong = first.startsWith('? ')
  const body = lines.slice(at + (isLong ? 2 : 1)).join('\n')
  const version = /^ {2}version:? "?([^"\n]+?)"?$/m.exec(body)?.[1]
  const comments = lines.slice(0, at).join('').trim()
  if (version === undefined || comments !== '') return null
  return { descriptors: descriptorsIn(isLong ? first.slice(2) : first), version, body }
}
