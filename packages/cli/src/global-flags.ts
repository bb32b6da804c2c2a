import type { TypedCommandParameters, CommandContext as ParserContext } from '@stricli/core'
import { textValue } from './arguments/values.ts'

/** Flags that every command takes (a type, not an interface: the parser wants an index signature). They may stand before the command too. */
export type GlobalFlags = {
  readonly cwd?: string
  readonly config?: string
  readonly as?: string
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly noColor: boolean
  readonly events?: string
}

export const globalFlagNames = [
  'cwd',
  'config',
  'as',
  'json',
  'quiet',
  'verbose',
  'noColor',
  'events',
] as const satisfies readonly (keyof GlobalFlags)[]

export const globalParameters = {
  flags: {
    cwd: {
      kind: 'parsed',
      parse: textValue,
      optional: true,
      placeholder: 'folder',
      brief: 'Act as if started in this folder',
    },
    config: {
      kind: 'parsed',
      parse: textValue,
      optional: true,
      placeholder: 'file',
      brief: 'The lanes.yaml to use: a path, or git+URL#ref',
    },
    as: {
      kind: 'parsed',
      parse: textValue,
      optional: true,
      placeholder: 'who',
      brief: 'Who you are: cli:ana, agent:carl-3',
    },
    json: { kind: 'boolean', brief: 'Exactly one JSON document on stdout' },
    quiet: { kind: 'boolean', brief: 'No progress; only the result' },
    verbose: { kind: 'boolean', brief: 'Everything that happens, with the output of commands' },
    noColor: { kind: 'boolean', brief: 'No colour (also NO_COLOR)' },
    events: {
      kind: 'parsed',
      parse: textValue,
      optional: true,
      placeholder: 'file',
      brief: 'Write events to this file as they happen, one JSON document per line',
    },
  },
  aliases: { C: 'cwd', c: 'config', q: 'quiet', v: 'verbose' },
} as const satisfies TypedCommandParameters<GlobalFlags, [], ParserContext>
