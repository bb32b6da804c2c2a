import type { CommandRun, CommandSpec, LoadedCommand } from './command.ts'

/**
 * Every command there is, in the order of the help. A module loads only when its command is asked for; the
 * one-line summaries stand here, so that the list of commands loads none of them.
 */
export const commandGroups = [
  {
    title: 'lanes.yaml',
    commands: [
      entry(
        'check',
        'Validate lanes.yaml and show every finding where it stands',
        () => import('./commands/check.ts'),
      ),
      entry(
        'schema',
        'Print the JSON Schema of lanes.yaml, for editors',
        () => import('./commands/schema.ts'),
      ),
      entry(
        'explain',
        'Say what a code means and what to do about it',
        () => import('./commands/explain.ts'),
      ),
    ],
  },
] as const satisfies readonly CommandGroup[]

export interface CommandGroup {
  readonly title: string
  readonly commands: readonly CommandEntry[]
}

export interface CommandEntry {
  /** One or two words, as typed. */
  readonly name: string
  readonly brief: string
  readonly load: () => Promise<LoadedCommand>
}

export const commandEntries: readonly CommandEntry[] = commandGroups.flatMap(
  (group: CommandGroup) => group.commands,
)

/** First words of two-word commands, with what they are about. */
export const nounBriefs: Readonly<Record<string, string>> = {
  lane: 'See, take, hand back and steer lanes',
}

function entry<Flags extends Readonly<Record<string, unknown>>, Args extends readonly unknown[]>(
  name: string,
  brief: string,
  load: () => Promise<{
    readonly spec: CommandSpec<Flags, Args>
    readonly run: CommandRun<Flags, Args>
  }>,
): CommandEntry {
  // The pair was checked against each other just now; whoever calls it passes what the parser made of `spec`.
  return { name, brief, load: load as unknown as () => Promise<LoadedCommand> }
}
