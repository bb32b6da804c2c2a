import { ConductError, type CommitId } from '@conduct/core'
import type { Command, Repo } from '@conduct/config'
import type { Mirror, Worktree } from '@conduct/git'
import { redact } from '@conduct/subprocess'
import { describeOutcome, outputTail, succeeded } from './command-outcome.ts'
import type { TrainContext } from './context.ts'
import { setupTimeoutMs } from './limits.ts'
import { secretsWithin } from './secrets.ts'
import { type TemplateValues, expandCommand, showCommand } from './template.ts'

/** A private worktree that is made on first use, with the repo's `setup` run in it, and removed in the end. */
export interface Workplace extends AsyncDisposable {
  readonly path: () => Promise<string>
}

export interface WorkplaceOptions {
  readonly mirror: Mirror
  readonly commit: () => CommitId
  /** Runs in the fresh worktree before anything else does. */
  readonly prepare?: (path: string) => Promise<void>
}

export function openWorkplace(options: WorkplaceOptions): Workplace {
  let opened: Promise<Worktree> | null = null
  async function open(): Promise<Worktree> {
    const worktree = await options.mirror.worktree(options.commit())
    try {
      await options.prepare?.(worktree.path)
    } catch (error) {
      await worktree[Symbol.asyncDispose]()
      throw error
    }
    return worktree
  }
  return {
    path: async () => {
      opened ??= open()
      return (await opened).path
    },
    [Symbol.asyncDispose]: async () => {
      const worktree = await opened?.catch(() => null)
      await worktree?.[Symbol.asyncDispose]()
    },
  }
}

export interface DeclaredCommand {
  readonly context: TrainContext
  readonly repo: { readonly name: string; readonly repo: Repo }
  readonly command: Command
  readonly values: TemplateValues
  readonly cwd: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Its output and arguments are shown nowhere. */
  readonly isSecret?: boolean
}

/**
 * Runs a command that lanes.yaml declares.
 *
 * @returns its trimmed output, to be compared: secrets are taken out only of what is shown.
 * @throws ConductError STEP_COMMAND_FAILED, COMMAND_NOT_FOUND
 */
export async function runDeclared(options: DeclaredCommand): Promise<string> {
  const { context, repo } = options
  const command = expandCommand(options.command, options.values)
  const isSecret = options.isSecret === true
  const shown = isSecret ? '(a command with a secret)' : showCommand(command)
  const secrets = await secretsWithin({ cwd: options.cwd, passEnv: repo.repo.env })
  const result = await context.runCommand(command, {
    cwd: options.cwd,
    timeoutMs: options.timeoutMs,
    passEnv: repo.repo.env,
    signal: options.signal,
    ...(isSecret
      ? {}
      : {
          onLine: (line, stream) =>
            context.emit({
              type: 'command_output',
              repo: repo.name,
              command: shown,
              stream,
              line: redact(line, secrets),
            }),
        }),
  })
  if (succeeded(result)) return result.stdout.trim()
  const tail = isSecret ? '' : redact(outputTail(result), secrets)
  throw new ConductError(
    'STEP_COMMAND_FAILED',
    `${repo.name}: ${shown}: ${describeOutcome(result)}${tail === '' ? '' : `\n${tail}`}`,
    { details: { repo: repo.name, outcome: result.outcome, exit_code: result.exitCode } },
  )
}

export async function runSetup(
  options: Omit<DeclaredCommand, 'command' | 'timeoutMs' | 'values'>,
): Promise<void> {
  for (const command of options.repo.repo.setup) {
    await runDeclared({ ...options, command, values: { repo: options.repo.name }, timeoutMs: setupTimeoutMs })
  }
}
