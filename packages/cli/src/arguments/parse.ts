import { type ConductError, invariant } from '@conduct/core'
import { run, text_en } from '@stricli/core'
import type { CommandContext, CommandOutcome } from '../command.ts'
import { type CommandEntry, commandEntries, nounBriefs } from '../commands.ts'
import { type GlobalFlags, globalFlagNames, globalParameters } from '../global-flags.ts'
import { buildParser } from './parser.ts'
import { placeGlobalFlags } from './place-global-flags.ts'
import { complaintOf, malformedFlags, toKebabCase, usageError } from './usage-error.ts'

export type Parsed =
  | {
      readonly kind: 'command'
      readonly entry: CommandEntry
      readonly global: GlobalFlags
      readonly invoke: (context: CommandContext) => Promise<CommandOutcome>
    }
  /** `command`: what the help is about; null for conduct itself, `lane` for a noun. */
  | { readonly kind: 'help'; readonly command: string | null }
  | { readonly kind: 'version' }
  | { readonly kind: 'usage'; readonly command: string | null; readonly error: ConductError }

/**
 * Accounts for every argument before anything has an effect: what comes back is either a command that may be
 * invoked with typed values, or an error that says all that is wrong.
 */
export async function parseArguments(argv: readonly string[]): Promise<Parsed> {
  const nouns = new Set(Object.keys(nounBriefs))
  const placed = placeGlobalFlags(argv, nouns)
  const entry = commandEntries.find(({ name }) => name === placed.words.join(' ')) ?? null
  const command = entry?.name ?? null
  const malformed = malformedFlags(placed.argv)
  if (malformed.length > 0) return usage(command, malformed)
  if (placed.argv.length === 0) return { kind: 'help', command: null }
  if (entry === null && !asksForHelp(placed.argv)) {
    const noun = placed.words[0]
    if (noun !== undefined && nouns.has(noun) && placed.words.length === 1) {
      const verbs = commandEntries.flatMap(({ name }) =>
        name.startsWith(`${noun} `) ? name.slice(noun.length + 1) : [],
      )
      return usage(noun, [{ message: `say what to do: ${verbs.join(', ')}` }])
    }
    if (placed.words.length === 0 && !placed.argv.some((token) => token === '--version' || token === '-V')) {
      const flag = placed.argv.find((token) => token.startsWith('-'))
      return usage(null, [{ message: `there is no command${flag === undefined ? '' : ` before ${flag}`}` }])
    }
  }
  return scan({ entry, command, argv: placed.argv })
}

async function scan(options: {
  readonly entry: CommandEntry | null
  readonly command: string | null
  readonly argv: readonly string[]
}): Promise<Parsed> {
  const { entry, command, argv } = options
  const loaded = entry === null ? null : await entry.load()
  const found: { answer: Parsed | null; errors: unknown[] } = { answer: null, errors: [] }
  const asked = (answer: Parsed) => {
    found.answer = answer
  }
  const text = {
    ...text_en,
    noCommandRegisteredForInput: ({
      input,
      corrections,
    }: {
      input: string
      corrections: readonly string[]
    }) => {
      const noun = input === argv[0] ? null : (argv[0] ?? null)
      const nearest = corrections[0]?.replaceAll('`', '')
      const words = [noun, nearest].filter((word) => word !== null).join(' ')
      asked(
        usage(noun, [
          {
            message: `there is no command ${JSON.stringify([noun, input].filter((word) => word !== null).join(' '))}`,
            ...(nearest === undefined ? {} : { suggestion: words }),
          },
        ]),
      )
      return ''
    },
    exceptionWhileParsingArguments: (error: unknown) => {
      found.errors.push(error)
      return ''
    },
  }
  const selected =
    entry === null || loaded === null
      ? null
      : {
          name: entry.name,
          loaded,
          capture: (flags: Readonly<Record<string, unknown>>, args: readonly unknown[]) => {
            asked({
              kind: 'command',
              entry,
              global: globalsOf(flags),
              invoke: (context) => loaded.run(context, ownFlags(flags), ...args),
            })
          },
        }
  const silent = { write: () => undefined }
  await run(buildParser({ selected, text, ...askedFor(asked) }), argv, {
    process: { stdout: silent, stderr: silent },
  })
  if (found.errors.length > 0) {
    const flagNames = new Set(
      Object.keys({ ...globalParameters.flags, ...loaded?.spec.parameters.flags }).map(toKebabCase),
    )
    return usage(
      command,
      found.errors.map((error) => complaintOf(error, flagNames)),
    )
  }
  invariant(found.answer !== null, `the parser gave no answer for ${JSON.stringify(argv)}`)
  return found.answer
}

function askedFor(asked: (answer: Parsed) => void) {
  return {
    onHelp: (command: string | null) => asked({ kind: 'help', command }),
    onVersion: () => asked({ kind: 'version' }),
  }
}

function usage(command: string | null, complaints: Parameters<typeof usageError>[0]['complaints']): Parsed {
  return { kind: 'usage', command, error: usageError({ command, complaints }) }
}

function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).some((token) => token === '--help' || token === '-h')
}

function globalsOf(flags: Readonly<Record<string, unknown>>): GlobalFlags {
  const entries = globalFlagNames.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]]))
  return Object.fromEntries(entries)
}

function ownFlags(flags: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const globals: readonly string[] = globalFlagNames
  // An absent flag is an absent key: exactOptionalPropertyTypes holds for what the commands see.
  return Object.fromEntries(
    Object.entries(flags).filter(([name, value]) => !globals.includes(name) && value !== undefined),
  )
}
