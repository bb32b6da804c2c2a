import {
  type Application,
  type CommandContext as ParserContext,
  type StricliIntegration,
  buildApplication,
  buildCommand,
  buildRouteMap,
  type text_en,
} from '@stricli/core'
import type { LoadedCommand } from '../command.ts'
import { type CommandEntry, commandEntries, nounBriefs } from '../commands.ts'
import { globalParameters } from '../global-flags.ts'

/** A command that is a noun too has its own route there: under a name that nobody types. */
export const OWN_ROUTE = ' '

/** The one command that may be invoked; the others are known by name alone. */
export interface Selected {
  readonly name: string
  readonly loaded: LoadedCommand
  readonly capture: (flags: Readonly<Record<string, unknown>>, args: readonly unknown[]) => void
}

export function buildParser(options: {
  readonly selected: Selected | null
  readonly text: typeof text_en
  readonly onHelp: (command: string | null) => void
  readonly onVersion: () => void
}): Application<ParserContext> {
  const { selected, onHelp, onVersion } = options
  const leaf = (entry: CommandEntry) =>
    buildCommand({
      parameters: selected?.name === entry.name ? parametersOf(selected.loaded) : { flags: {} },
      docs: { brief: entry.brief },
      func: (flags: Readonly<Record<string, unknown>>, ...args: readonly unknown[]) => {
        selected?.capture(flags, args)
      },
    })
  const leaves = (noun: string) =>
    commandEntries.flatMap((entry) =>
      entry.name.startsWith(`${noun} `) ? [[entry.name.slice(noun.length + 1), leaf(entry)] as const] : [],
    )
  const nouns = Object.entries(nounBriefs).flatMap(([noun, brief]) => {
    const routes = leaves(noun)
    const own = commandEntries.find(({ name }) => name === noun)
    if (routes.length === 0) return []
    const map = Object.fromEntries(routes)
    if (own === undefined) return [[noun, buildRouteMap({ routes: map, docs: { brief } })] as const]
    const withOwn = { ...map, [OWN_ROUTE]: leaf(own) }
    return [[noun, buildRouteMap({ routes: withOwn, defaultCommand: OWN_ROUTE, docs: { brief } })] as const]
  })
  const plain = commandEntries.flatMap((entry) =>
    entry.name.includes(' ') ? [] : [[entry.name, leaf(entry)] as const],
  )
  return buildApplication<ParserContext>(
    buildRouteMap({ routes: Object.fromEntries([...plain, ...nouns]), docs: { brief: 'conduct' } }),
    {
      name: 'conduct',
      scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
      localization: { text: options.text },
    },
    { help: helpFlag(onHelp), version: versionFlag(onVersion) },
  )
}

/** The flags of a command together with the global ones; none has a `--no-…` twin. */
function parametersOf(loaded: LoadedCommand): LoadedCommand['spec']['parameters'] {
  const own = loaded.spec.parameters
  const flags = Object.entries({ ...own.flags, ...globalParameters.flags }).map(
    ([name, flag]) => [name, flag.kind === 'boolean' ? { ...flag, withNegated: false } : flag] as const,
  )
  // Built from two checked tables; the parser's type cannot express a merge of them.
  return {
    ...own,
    flags: Object.fromEntries(flags),
    aliases: { ...own.aliases, ...globalParameters.aliases },
  } as unknown as LoadedCommand['spec']['parameters']
}

function helpFlag(onHelp: (command: string | null) => void): StricliIntegration<ParserContext> {
  return {
    flag: {
      brief: 'Show this help',
      aliases: ['h'],
      global: true,
      defaultForRouteMap: true,
      run: (_app, { result }) => {
        const words = result.prefix.slice(1)
        onHelp(words.length === 0 ? null : words.join(' '))
      },
    },
  }
}

function versionFlag(onVersion: () => void): StricliIntegration<ParserContext> {
  return {
    flag: {
      brief: 'Show the version of conduct',
      aliases: ['V'],
      global: false,
      run: onVersion,
    },
  }
}
