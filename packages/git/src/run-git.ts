import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { GitPluginError, simpleGit } from 'simple-git'
import { ConductError } from '@conduct/core'
import { complaintIn } from './complaint.ts'
import { gitEnvironment, gitSettings } from './git-settings.ts'

/**
 * What starts git: simple-git underneath, whose `errors` hook gives exit code and both streams.
 *
 * Promises: hooks are off; nothing of a surrounding git process or hook (`GIT_DIR`, `GIT_INDEX_FILE`, …) reaches
 * it; it never prompts, signs, or starts a collection of its own; its messages are in one language. The person's
 * own git configuration stays in force for what it is for: credentials, proxies, rewritten addresses.
 */
export interface GitCall {
  readonly cwd: string
  readonly args: readonly string[]
  readonly timeoutMs: number
  /** Given up when nothing was heard for so long; only for commands that say how far they are. */
  readonly silentMsMax?: number
  readonly signal?: AbortSignal | undefined
  readonly input?: string
  /** `GIT_*` names from `allowedGitEnvironment`. */
  readonly env?: Readonly<Record<string, string>>
  /** Leave the person's excludes in force: only for looking at their own checkout. */
  readonly keepsExcludes?: boolean
}

export interface GitResult {
  readonly exitCode: number
  readonly stdout: string
  /** The same as `stdout`, for objects, which are no text. */
  readonly stdoutBytes: Buffer
  readonly stderr: string
}

const allowedGitEnvironment = [
  'GIT_TERMINAL_PROMPT',
  'GIT_OPTIONAL_LOCKS',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_AUTHOR_DATE',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_COMMITTER_DATE',
  'GIT_SSH_COMMAND',
  'GIT_ASKPASS',
  'SSH_ASKPASS',
]

const unsafe = {
  // Set by us to /dev/null: it is how hooks are switched off.
  allowUnsafeHooksPath: true,
  // Set by us to false: no watcher of somebody else's choosing is started.
  allowUnsafeFsMonitor: true,
  // Set by us to nothing: a mirror starts without anybody's template.
  allowUnsafeTemplateDir: true,
  // Written by us alone, for who asks for it: no argument of anybody else gets as far as a name of a setting.
  allowUnsafeMergeDriver: true,
  // Both come from the operator's own environment, never from a repository: their way of proving who they are.
  allowUnsafeSshCommand: true,
  allowUnsafeAskPass: true,
}

/** A helper that talks http outlives a git that is stopped: it ends by itself when nothing has come for that long. */
function patience(timeoutMs: number): readonly string[] {
  return ['http.lowSpeedLimit=1', `http.lowSpeedTime=${Math.max(1, Math.ceil(timeoutMs / 1000))}`]
}

/**
 * @returns how git ended, whatever its exit code.
 * @throws ConductError GIT_FAILED  git could not be started. The signal's reason when it was cancelled.
 * @throws GitTimeout
 */
export async function runGit(call: GitCall): Promise<GitResult> {
  call.signal?.throwIfAborted()
  const limit = AbortSignal.timeout(Math.max(1, Math.ceil(call.timeoutMs)))
  const abort = call.signal === undefined ? limit : AbortSignal.any([call.signal, limit])
  const { input } = call
  let result: GitResult | null = null
  const start = () =>
    simpleGit({
      baseDir: call.cwd,
      config: [
        ...gitSettings({ keepsExcludes: call.keepsExcludes }),
        ...patience(call.silentMsMax ?? call.timeoutMs),
      ],
      unsafe,
      allowEnvironment: allowedGitEnvironment,
      completion: { onClose: true, onExit: false },
      abort,
      ...(call.silentMsMax === undefined ? {} : { timeout: { block: call.silentMsMax } }),
      ...(input === undefined ? {} : { input: () => input }),
      errors(error, ended) {
        // A failing exit code is for our caller to judge; what remains is no answer of git: aborted, not started.
        if (error instanceof GitPluginError || ended.exitCode < 0) return error
        const stdoutBytes = Buffer.concat(ended.stdOut)
        result = {
          exitCode: ended.exitCode,
          stdout: stdoutBytes.toString('utf8'),
          stdoutBytes,
          stderr: Buffer.concat(ended.stdErr).toString('utf8'),
        }
        return undefined
      },
    })
      .env(gitEnvironment(call.env))
      .outputHandler((_command, stdout) => saySomething(stdout))
  const ended = new AbortController()
  const abandoned = whenAborted(abort, ended.signal)
  abandoned.catch(() => undefined)
  try {
    // simple-git throws at once where there is no such folder.
    await Promise.race([start().raw([...call.args]), abandoned])
  } catch (error) {
    call.signal?.throwIfAborted()
    if (limit.aborted) throw new GitTimeout(call, `did not end within ${call.timeoutMs / 1000} s`)
    if (error instanceof GitPluginError && error.plugin === 'timeout') {
      throw new GitTimeout(call, `said nothing for ${(call.silentMsMax ?? 0) / 1000} s`)
    }
    throw new ConductError('GIT_FAILED', `git ${call.args[0] ?? ''} could not be run`, { cause: error })
  } finally {
    ended.abort()
  }
  if (result === null) throw new ConductError('GIT_FAILED', `git ${call.args[0] ?? ''} gave no result`)
  return result
}

/**
 * simple-git waits 50 ms more for a command that has said nothing; many of ours never do. Nothing, said at the end,
 * spares them that.
 */
function saySomething(stdout: NodeJS.ReadableStream): void {
  stdout.once('end', () => stdout.emit('data', Buffer.alloc(0)))
}

/** What a git that was told to stop gets for it. */
const stopMsMax = 500

/**
 * Fails a moment after the abort. Git itself has stopped by then; what it had started (a hook of a local remote) may
 * still hold its output open, and simple-git would wait for that.
 */
async function whenAborted(abort: AbortSignal, ended: AbortSignal): Promise<never> {
  if (!abort.aborted) await once(abort, 'abort', { signal: ended })
  await delay(stopMsMax, undefined, { signal: ended })
  throw abort.reason
}

/** As `runGit`, for calls whose every exit code but 0 is a failure. @throws ConductError GIT_FAILED */
export async function requireGit(call: GitCall): Promise<string> {
  const result = await runGit(call)
  if (result.exitCode !== 0) throw gitFailed(call, result)
  return result.stdout
}

export class GitTimeout extends ConductError {
  /** `did not end within 30 s`. */
  readonly why: string

  constructor(call: GitCall, why: string) {
    super('GIT_FAILED', `git ${call.args[0] ?? ''} ${why}`)
    this.why = why
  }
}

export function gitFailed(call: GitCall, result: GitResult): ConductError {
  const reason = complaintIn(result.stderr) || complaintIn(result.stdout)
  return new ConductError(
    'GIT_FAILED',
    `git ${call.args[0] ?? ''} ended with ${result.exitCode}: ${reason}`,
    {
      details: { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr },
    },
  )
}

/** What git must have on this machine is not there: its repository is broken. */
export function gitRefMissing(ref: string): ConductError {
  return new ConductError('GIT_FAILED', `${ref} was fetched and is missing from the local repository`)
}

/** The same of an object. */
export function gitObjectMissing(id: string): ConductError {
  return new ConductError('GIT_FAILED', `object ${id} is missing from the local repository`)
}
