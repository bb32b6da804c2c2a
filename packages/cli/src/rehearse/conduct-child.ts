import { spawn } from 'node:child_process'
import { text as readText } from 'node:stream/consumers'
import type { CommandContext } from '../command.ts'

export interface ChildEnd {
  readonly exit: number | null
  readonly signal: NodeJS.Signals | null
  /** Only where it was asked for. */
  readonly stdout: string
}

/**
 * Runs conduct itself as a child, so that a rehearsal is the same code as a real run. It gets the terminal; with
 * `--json` its document is read instead, to be printed as ours.
 */
export async function conductChild(
  context: CommandContext,
  options: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> },
): Promise<ChildEnd> {
  const { global, signal } = context
  await context.handOverTerminal()
  const flags = [
    ...(global.json ? ['--json'] : []),
    ...(global.quiet ? ['--quiet'] : []),
    ...(global.verbose ? ['--verbose'] : []),
    ...(global.noColor ? ['--no-color'] : []),
  ]
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...options.args, ...flags], {
    cwd: context.cwd,
    env: { ...context.env, ...options.env },
    stdio: ['inherit', global.json ? 'pipe' : 'inherit', 'inherit'],
  })
  // Ctrl-C reaches the child by itself: it is in the same group of the terminal. What only we got is passed on.
  const passOn = () => {
    if (signal.reason instanceof Error && signal.reason.message.includes('SIGTERM')) child.kill('SIGTERM')
  }
  signal.addEventListener('abort', passOn, { once: true })
  try {
    const stdout = child.stdout === null ? Promise.resolve('') : readText(child.stdout)
    const end = await new Promise<Omit<ChildEnd, 'stdout'>>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (exit, killedBy) => resolve({ exit, signal: killedBy }))
    })
    return { ...end, stdout: await stdout }
  } finally {
    signal.removeEventListener('abort', passOn)
  }
}
