import { stat } from 'node:fs/promises'
import { execa } from 'execa'
import { ConductError, invariant } from '@conduct/core'
import { buildEnvironment, openHome } from './environment.ts'
import { type Output, captureOutput } from './output.ts'
import { endProcessGroup } from './process-group.ts'
import { reapLater, reaperGroup } from './reaper.ts'
import { redact } from './redaction.ts'

/**
 * Runs other people's commands.
 *
 * Promises: no shell unless the command says so; an environment scrubbed to PATH, a temporary HOME and the
 * names passed on purpose (no inherited `npm_config_*`, `YARN_*`, `GIT_*`, `CONDUCT_*`); every run has a time
 * limit and an output limit; the whole process group ends with the command, and with this process however it
 * ends; secrets are redacted in whatever comes back. Left to others: what a command means, and whether its exit
 * code is a failure.
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

/** Kept per stream when the caller names no limit. */
const outputBytesDefault = 1024 * 1024
/** Whoever left the process group on purpose may still hold our pipes; we stop listening after this. */
const drainMsMax = 1000

/**
 * @returns how the command ended, whatever its exit code.
 * @throws ConductError COMMAND_NOT_FOUND  the program does not exist or may not be executed; nothing ran.
 */
export async function runCommand(command: Command, options: RunCommandOptions): Promise<CommandResult> {
  const startedAt = performance.now()
  const [file, ...args] = 'shell' in command ? ['/bin/sh', '-c', command.shell] : command.argv
  invariant(file !== undefined && file !== '', 'a command names its program')
  const stdout = openOutput('stdout', options)
  const stderr = openOutput('stderr', options)

  const runToTheEnd = async (): Promise<Ending> => {
    await using home = await openHome(options.home)
    // Before the command, so that it can be listed in the moment it starts.
    reaperGroup()
    const child = spawn({ file, args, options, homePath: home.path })
    const letGo =
      child.pid === undefined ? () => {} : reapLater(child.pid, options.home === undefined ? home.path : null)
    child.stdout?.on('data', (chunk: Buffer) => stdout.write(chunk))
    child.stderr?.on('data', (chunk: Buffer) => stderr.write(chunk))
    const stopped = await waitForGroup(child, options)
    letGo()
    const result = await child
    if (child.pid === undefined)
      throw await notFound(redact(file, options.secrets ?? []), options.cwd, result)
    const signal = result.signal ?? null
    if (stopped !== null) return { outcome: stopped, exitCode: null, signal }
    if (signal !== null) return { outcome: 'signalled', exitCode: null, signal }
    return { outcome: 'exited', exitCode: result.exitCode ?? null, signal: null }
  }

  const ending = options.signal?.aborted === true ? cancelledBefore : await runToTheEnd()

  stdout.end()
  stderr.end()
  return {
    ...ending,
    stdout: stdout.text(),
    stderr: stderr.text(),
    durationMs: performance.now() - startedAt,
    isTruncated: stdout.isTruncated() || stderr.isTruncated(),
  }
}

export type RunCommand = typeof runCommand

type Ending = Pick<CommandResult, 'outcome' | 'exitCode' | 'signal'>
const cancelledBefore: Ending = { outcome: 'cancelled', exitCode: null, signal: null }

interface SpawnOptions {
  readonly file: string
  readonly args: readonly string[]
  readonly options: RunCommandOptions
  readonly homePath: string
}

type Child = ReturnType<typeof spawn>

function spawn({ file, args, options, homePath }: SpawnOptions) {
  return execa(file, args, {
    cwd: options.cwd,
    env: buildEnvironment({
      home: homePath,
      env: options.env ?? {},
      passEnv: options.passEnv ?? [],
      inherited: process.env,
    }),
    extendEnv: false,
    shell: false,
    preferLocal: false,
    buffer: false,
    reject: false,
    // A process group of its own, which our own orderly exit ends too.
    killDescendants: true,
    cleanup: true,
    forceKillAfterDelay: false,
    ...(options.stdin === undefined ? { stdin: 'ignore' } : { input: options.stdin }),
  })
}

/** Waits for the command, ends its whole group, then whatever still holds its pipes. */
async function waitForGroup(
  child: Child,
  options: RunCommandOptions,
): Promise<'timed_out' | 'cancelled' | null> {
  const groupId = child.pid
  if (groupId === undefined) return null
  const stopped = await waitForExit(child, options)
  await endProcessGroup(groupId)
  const drained = setTimeout(() => {
    child.stdout?.destroy()
    child.stderr?.destroy()
  }, drainMsMax)
  void child.finally(() => clearTimeout(drained))
  return stopped
}

function waitForExit(child: Child, options: RunCommandOptions): Promise<'timed_out' | 'cancelled' | null> {
  return new Promise((resolve) => {
    const settle = (how: 'timed_out' | 'cancelled' | null): void => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
      resolve(how)
    }
    const onAbort = (): void => settle('cancelled')
    const timer = setTimeout(() => settle('timed_out'), options.timeoutMs)
    options.signal?.addEventListener('abort', onAbort, { once: true })
    child.nodeChildProcess.once('exit', () => settle(null))
  })
}

function openOutput(stream: 'stdout' | 'stderr', options: RunCommandOptions): Output {
  const { onLine } = options
  return captureOutput({
    bytesMax: options.outputBytesMax ?? outputBytesDefault,
    secrets: options.secrets ?? [],
    onLine: onLine === undefined ? undefined : (line) => onLine(line, stream),
  })
}

async function notFound(
  file: string,
  cwd: string,
  result: { code?: string | undefined; cause?: unknown },
): Promise<Error> {
  const folder = await stat(cwd).catch(() => null)
  invariant(folder?.isDirectory() === true, `the folder of a command exists: ${cwd}`)
  const message =
    result.code === 'EACCES' ? `${file} is there, but may not be executed` : `there is no program ${file}`
  return new ConductError('COMMAND_NOT_FOUND', message, {
    cause: result.cause,
    details: { program: file, system: result.code ?? null },
  })
}
