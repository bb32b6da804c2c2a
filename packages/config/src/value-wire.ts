import { invariant, parseDuration } from '@conduct/core'
import type { Command, Person } from './lanes-config.ts'
import { splitWords } from './words.ts'

/** What decoding one lane needs of the rest of the file. */
export interface DecodeContext {
  readonly people: ReadonlyMap<string, Person>
  readonly isGitStore: boolean
  readonly isAlone: boolean
}

type RawCommand = string | { argv: string[] } | { shell: string }

export function decodeCommand(raw: RawCommand): Command {
  if (typeof raw !== 'string') return raw
  const split = splitWords(raw)
  invariant(split.ok, `a command that cannot be split passed the check: ${raw}`)
  return { argv: split.words }
}

export function decodeCommands(raw: RawCommand | RawCommand[] | undefined): readonly Command[] {
  if (raw === undefined) return []
  return Array.isArray(raw) ? raw.map(decodeCommand) : [decodeCommand(raw)]
}

export function decodeDuration(raw: string): number {
  const ms = parseDuration(raw)
  invariant(ms !== null, `a duration without unit passed the check: ${raw}`)
  return ms
}

export function mapValues<Raw, Value>(
  raw: Readonly<Record<string, Raw>>,
  decodeValue: (value: Raw) => Value,
): ReadonlyMap<string, Value> {
  return new Map(Object.entries(raw).map(([name, value]) => [name, decodeValue(value)]))
}
