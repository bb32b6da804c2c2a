import { proposeCompletions, text_en } from '@stricli/core'
import { OWN_ROUTE, buildParser } from '../arguments/parser.ts'
import { placeGlobalFlags } from '../arguments/place-global-flags.ts'
import { toKebabCase } from '../arguments/usage-error.ts'
import type { LoadedCommand } from '../command.ts'
import { commandEntries, nounBriefs } from '../commands.ts'
import { globalParameters } from '../global-flags.ts'

/** A word that may stand where the cursor is. */
export interface Proposal {
  readonly word: string
  /** What it means, one line. */
  readonly about: string
}

/** Names of that kind (`lane`, `repo`, `train`, …: a parameter's placeholder) that there are; empty for other kinds. */
export type NamesOf = (kind: string) => Promise<readonly string[]>

/**
 * What may come next. Flags are proposed only where one has begun, or nothing else can stand.
 *
 * @param words all between `conduct` and the cursor; the last one is being typed and may be empty.
 */
export async function propose(words: readonly string[], namesOf: NamesOf): Promise<readonly Proposal[]> {
  const partial = words.at(-1) ?? ''
  // Behind it stands somebody else's command.
  if (words.slice(0, -1).includes('--')) return []
  const placed = placeGlobalFlags(words.slice(0, -1), new Set(Object.keys(nounBriefs)))
  const entry = commandEntries.find(({ name }) => name === placed.words.join(' '))
  const selected =
    entry === undefined
      ? null
      : { name: entry.name, loaded: withNames(await entry.load(), namesOf), capture: nothing }
  if (entry === undefined && partial.startsWith('-')) return globalFlags(partial)
  const parser = buildParser({ selected, text: text_en, onHelp: nothing, onVersion: nothing })
  const silent = { write: nothing }
  const found = await proposeCompletions(parser, [...placed.argv, partial], {
    process: { stdout: silent, stderr: silent },
  })
  const proposals = found.flatMap(({ completion, brief }) =>
    completion === OWN_ROUTE || completion === '--' ? [] : [{ word: completion, about: brief }],
  )
  const wordsAlone = proposals.filter(({ word }) => !word.startsWith('-'))
  return partial === '' && wordsAlone.length > 0 ? wordsAlone : proposals
}

/** What the parser's type hides behind the types of the values. */
type Positional =
  | { readonly kind: 'tuple'; readonly parameters: readonly Named[] }
  | { readonly kind: 'array'; readonly parameter: Named }
interface Named {
  readonly placeholder?: string
}

/** The same command, whose parameters know which names there are. */
function withNames(loaded: LoadedCommand, namesOf: NamesOf): LoadedCommand {
  const { flags } = loaded.spec.parameters
  const named = <Parameter extends { readonly placeholder?: string }>(parameter: Parameter) => ({
    ...parameter,
    proposeCompletions: () => namesOf(parameter.placeholder ?? ''),
  })
  const namedFlags = Object.entries(flags ?? {}).map(([name, flag]) => [
    name,
    flag.kind === 'parsed' ? named(flag) : flag,
  ])
  const positional = (loaded.spec.parameters.positional ?? { kind: 'tuple', parameters: [] }) as Positional
  const namedPositional =
    positional.kind === 'tuple'
      ? { ...positional, parameters: positional.parameters.map((parameter) => named(parameter)) }
      : { ...positional, parameter: named(positional.parameter) }
  // Each parameter is what it was, and one member more.
  const parameters = {
    ...loaded.spec.parameters,
    flags: Object.fromEntries(namedFlags),
    positional: namedPositional,
  } as unknown as LoadedCommand['spec']['parameters']
  return { ...loaded, spec: { ...loaded.spec, parameters } }
}

/** Those that may stand before the command. */
function globalFlags(partial: string): readonly Proposal[] {
  return Object.entries(globalParameters.flags)
    .map(([name, { brief }]) => ({ word: `--${toKebabCase(name)}`, about: brief }))
    .filter(({ word }) => word.startsWith(partial))
}

function nothing(): void {}
