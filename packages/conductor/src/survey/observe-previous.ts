import { errorCodes, exitCodes, isConductError } from '@conduct/core'
import type { Consumer } from '@conduct/config'
import { type CommandResult, redact } from '@conduct/subprocess'
import { describeOutcome, outputTail, succeeded } from '../command-outcome.ts'
import { previousTimeoutMs, setupTimeoutMs } from '../limits.ts'
import { secretsWithin } from '../secrets.ts'
import { expandCommand, showCommand } from '../template.ts'
import type { FrozenConsumer, FrozenRepo, TrainContext } from '../context.ts'

type Previous = Pick<FrozenConsumer, 'previous' | 'previousUnknown'>

/** What runs at the target now, as the declared command says it, run in a private worktree at the frozen commit. */
export async function observePrevious(
  context: Pick<TrainContext, 'runCommand' | 'signal'>,
  frozen: Pick<FrozenRepo, 'name' | 'repo' | 'mirror' | 'commit'>,
  consumer: Consumer,
): Promise<Previous> {
  const { previous: command, strategy } = consumer.deploy
  if (strategy.kind === 'git_push') return headOfTarget(frozen, strategy)
  if (command === null || strategy.kind === 'none') return { previous: null, previousUnknown: null }
  await using worktree = await frozen.mirror.worktree(frozen.commit)
  const secrets = await secretsWithin({ cwd: worktree.path, passEnv: frozen.repo.env })
  const said = (result: CommandResult) => redact(outputTail(result), secrets)
  const common = { cwd: worktree.path, passEnv: frozen.repo.env, signal: context.signal }
  try {
    for (const setup of frozen.repo.setup) {
      const result = await context.runCommand(setup, { ...common, timeoutMs: setupTimeoutMs })
      if (!succeeded(result)) return unreadable(showCommand(setup), describeOutcome(result), said(result))
    }
    const asked = expandCommand(command, { repo: frozen.name })
    const result = await context.runCommand(asked, { ...common, timeoutMs: previousTimeoutMs })
    if (!succeeded(result)) return unreadable(showCommand(asked), describeOutcome(result), said(result))
    const answer = result.stdout.trim()
    return { previous: answer === '' ? null : answer, previousUnknown: null }
  } catch (error) {
    if (isConductError(error, 'COMMAND_NOT_FOUND')) return unreadable(showCommand(command), error.message, '')
    throw error
  }
}

/** The branch that deploys what it is sent is what runs. */
async function headOfTarget(
  { mirror }: Pick<FrozenRepo, 'mirror'>,
  { remote, branch }: { readonly remote: string; readonly branch: string },
): Promise<Previous> {
  try {
    return { previous: await mirror.elsewhere.remoteHead(remote, branch), previousUnknown: null }
  } catch (error) {
    if (!isConductError(error) || errorCodes[error.code].exit !== exitCodes.unreachable) throw error
    return { previous: null, previousUnknown: error.message }
  }
}

function unreadable(command: string, outcome: string, output: string): Previous {
  const lastLine = output.split('\n').at(-1) ?? ''
  const said = lastLine === '' ? '' : `: ${lastLine}`
  return { previous: null, previousUnknown: `${command}: ${outcome}${said}` }
}
