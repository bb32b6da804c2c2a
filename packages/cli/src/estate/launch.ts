import type { CommandContext } from '../command.ts'
import { launcherWords } from '../launcher.ts'
import { quoteWord } from '../quote-word.ts'

/** Words that start this very program from any folder of a new shell. */
export function launcherOf({ env }: CommandContext): string {
  return launcherWords({ env, program: process.argv[1] ?? 'conduct', execPath: process.execPath })
}

/**
 * The start of every command that is printed for people: it works pasted into a new shell, in any folder, for
 * the same lanes.yaml and as the same person.
 */
export function launch(context: CommandContext, configAddress: string | null): string {
  const config = configAddress === null ? [] : ['-c', quoteWord(configAddress)]
  const as = context.global.as === undefined ? [] : ['--as', quoteWord(context.global.as)]
  return [launcherOf(context), ...config, ...as].join(' ')
}

/**
 * The same, for commands that have to come from this very place: the proof of an unattended claim belongs to a
 * folder, or to a session where several share one.
 */
export function launchHere(context: CommandContext, configAddress: string | null): string {
  const session = context.env['CONDUCT_SESSION'] ?? ''
  const prefix = session === '' ? '' : `CONDUCT_SESSION=${quoteWord(session)} `
  return `${prefix}${launch(context, configAddress)} -C ${quoteWord(context.cwd)}`
}
