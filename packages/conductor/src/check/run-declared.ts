import { ConductError, isConductError } from '@conduct/core'
import type { Command } from '@conduct/config'
import { describeOutcome, outputTail, succeeded } from '../command-outcome.ts'
import { secretsWithin } from '../secrets.ts'
import { showCommand } from '../template.ts'
import type { FrozenRepo, TrainContext } from '../context.ts'

/**
 * Runs declared commands one after the other in a private worktree.
 *
 * @throws ConductError CHECK_FAILED naming repo, command, how it ended, and the tail of its output
 */
export async function runDeclared(
  context: Pick<TrainContext, 'runCommand' | 'emit' | 'signal'>,
  commands: readonly Command[],
  options: {
    readonly frozen: Pick<FrozenRepo, 'name' | 'repo'>
    readonly cwd: string
    readonly timeoutMs: number
  },
): Promise<void> {
  const { name, repo } = options.frozen
  const secrets = await secretsWithin({ cwd: options.cwd, passEnv: repo.env })
  for (const command of commands) {
    const shown = showCommand(command)
    try {
      const result = await context.runCommand(command, {
        cwd: options.cwd,
        timeoutMs: options.timeoutMs,
        passEnv: repo.env,
        secrets,
        signal: context.signal,
        onLine: (line, stream) => {
          context.emit({ type: 'command_output', repo: name, command: shown, stream, line })
        },
      })
      context.signal.throwIfAborted()
      if (succeeded(result)) continue
      throw checkFailed({ repo: name, what: shown, how: describeOutcome(result), output: outputTail(result) })
    } catch (error) {
      if (!isConductError(error, 'COMMAND_NOT_FOUND')) throw error
      throw checkFailed({ repo: name, what: shown, how: error.message, output: '' })
    }
  }
}

export interface CheckFailure {
  readonly repo: string
  readonly what: string
  readonly how: string
  readonly output: string
}

export function checkFailed(failure: CheckFailure, cause?: unknown): ConductError {
  const { repo, what, how, output } = failure
  const tail = output === '' ? '' : `\n${output.replaceAll(/^/gm, '    ')}`
  return new ConductError('CHECK_FAILED', `${repo}: ${what}: ${how}${tail}`, {
    details: { failures: [failure] },
    cause,
  })
}

/** One error that names every failure, in the order given. */
export function allFailed(failures: readonly ConductError[]): ConductError {
  const [only, ...others] = failures
  if (only !== undefined && others.length === 0) return only
  return new ConductError('CHECK_FAILED', failures.map(({ message }) => message).join('\n'), {
    details: { failures: failures.flatMap(({ details }) => details['failures'] ?? []) },
    cause: new AggregateError(failures),
  })
}
