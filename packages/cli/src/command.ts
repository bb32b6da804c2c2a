import type { ConductError, EmitEvent } from '@conduct/core'
import type { CommandContext as ParserContext, TypedCommandParameters } from '@stricli/core'
import type { GlobalFlags } from './global-flags.ts'
import type { Annotation } from './output/annotation.ts'
import type { Board } from './output/board.ts'
import type { Style } from './output/style.ts'

/**
 * A command: what it takes (`spec`), and what it does (`run`). Files in `commands/` export exactly these two.
 *
 * `run` returns data and never prints: the same outcome becomes text for people or one JSON document.
 */
export interface CommandSpec<
  Flags extends Readonly<Record<string, unknown>>,
  Args extends readonly unknown[],
> {
  /** What stands behind the name in the usage line, where the parameters do not tell. */
  readonly usage?: string
  /** Paragraphs below the one-line summary in the help. */
  readonly description: readonly string[]
  readonly parameters: TypedCommandParameters<Flags, Args, ParserContext>
  /** Command lines after the word `conduct`, each with what it does. */
  readonly examples: readonly (readonly [command: string, does: string])[]
}

export type CommandRun<Flags extends Readonly<Record<string, unknown>>, Args extends readonly unknown[]> = (
  context: CommandContext,
  flags: Flags,
  ...args: Args
) => Promise<CommandOutcome>

/** A command without flags of its own. */
export type NoFlags = { readonly [name in never]: unknown }

export interface CommandContext {
  /** The words of the command, as in `lane show`. */
  readonly command: string
  readonly global: GlobalFlags
  /** Absolute, after `-C`. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly emit: EmitEvent
  /** From now on the terminal and its signals belong to a child process. */
  readonly handOverTerminal: () => Promise<void>
  /** Where something is shown as it changes; nothing is, when the outcome is one JSON document. */
  readonly openBoard: () => Board
  /** What is said when a second signal ends the command at once; its exit code becomes ours. */
  readonly endAtOnceWith: (words: (signal: string) => ConductError) => void
  /** Takes secrets out of what is written to files; what is printed goes through it anyway. */
  readonly redact: (text: string) => string
}

export interface CommandOutcome {
  readonly exit: number
  /** The command's own fields of the JSON document, in their wire names. */
  readonly data: object
  /** The result for people; it ends up on stdout. */
  readonly text: (style: Style) => string
  /** What a CI system shows at the lines of files. */
  readonly annotations?: readonly Annotation[]
  /** The complete command to type next; the last line of the text. */
  readonly next?: string | null
  /** What stands before it; default `Next:`. Empty: the line is the command and nothing else. */
  readonly nextLabel?: string
  /** A failure that comes with data of its own; `text` tells people about it. */
  readonly error?: ConductError
  /** Where exit code 10 or a child's exit code needs saying otherwise; default: exit is 0 or 10. */
  readonly ok?: boolean
}

/** A command module whose own types are forgotten; only the parser calls `run`, with what it has parsed. */
export interface LoadedCommand {
  readonly spec: CommandSpec<Readonly<Record<string, unknown>>, readonly unknown[]>
  readonly run: CommandRun<Readonly<Record<string, unknown>>, readonly unknown[]>
}
