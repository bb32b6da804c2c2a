import { ConductError } from '@conduct/core'

/**
 * Runs other people's commands.
 *
 * Promises: no shell unless the command says so; an environment scrubbed to PATH, a temporary HOME and the
 * names passed on purpose (no inherited `npm_config_*`, `YARN_*`, `GIT_*`, `CONDUCT_*`); every run has a time
 * limit and an output limit; the whole process group ends with the command; secrets are redacted in whatever
 * comes back. Left to others: what a command means, and whether its exit code is a failure.
 */
export type Command = { readonly argv: readonly string[] } | { readonly shell: string }

export interface RunCommandOptions {
  readonly cwd: string
  readonly timeoutMs: number
  /** Set on top of the scrubbed environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Names taken over from this process's environment. */
  readonly passEnv?: readonly string[]
  /** HOME of the command; without it a fresh empty folder, removed afterwards. */
  readonly home?: string
  readonly stdin?: string
  readonly signal?: AbortSignal
  /** Kept per stream; what is beyond is counted and dropped from the middle. */
  readonly outputBytesMax?: number
  /** Texts replaced by `***` in everything returned and passed on. */
  readonly secrets?: readonly string[]
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void
}

export type CommandOutcome = 'exited' | 'signalled' | 'timed_out' | 'cancelled'

export interface CommandResult {
  readonly outcome: CommandOutcome
  /** Null unless the process exited by itself. */
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
  readonly durationMs: number
  readonly isTruncated: boolean
}

/**
 * @returns how the command ended, whatever its exit code.
 * @throws ConductError COMMAND_NOT_FOUND  the program does not exist; nothing ran.
 */
export async function runCommand(_command: Command, _options: RunCommandOptions): Promise<CommandResult> {
  throw new ConductError('COMMAND_NOT_FOUND', 'not built yet')
}

export type RunCommand = typeof runCommand
