import { spawn } from 'node:child_process'
import { ConductError } from '@conduct/core'
import type { CommandEnd } from './supervised-command.ts'

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Runs the command as it is, where nobody can say who holds the lane and `store_policy: open` lets it: there is no lease that
 * could be lost, so nothing stands between.
 *
 * @throws ConductError COMMAND_NOT_FOUND, EXEC_NOT_STARTED
 */
export async function runWithoutLane(options: {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly stdout: 'inherit' | 'stderr'
}): Promise<CommandEnd> {
  const { argv, cwd, env, stdout } = options
  const [file = '', ...args] = argv
  const child = spawn(file, args, { cwd, env, stdio: [0, stdout === 'stderr' ? 2 : 1, 2] })
  // From a terminal the command gets Ctrl-C itself; how it ends is how we end.
  const handlers = forwarded.map((signal) => {
    return { signal, pass: () => void ((signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal)) }
  })
  for (const { signal, pass } of handlers) process.on(signal, pass)
  try {
    return await new Promise<CommandEnd>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        const code = error.code === 'ENOENT' ? 'COMMAND_NOT_FOUND' : 'EXEC_NOT_STARTED'
        reject(new ConductError(code, `The command could not be started: ${error.message}`))
      })
      child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }))
    })
  } finally {
    for (const { signal, pass } of handlers) process.off(signal, pass)
  }
}
