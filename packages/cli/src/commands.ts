import type { CommandRun, CommandSpec, LoadedCommand } from './command.ts'

/**
 * Every command there is, in the order of the help. A module loads only when its command is asked for; the
 * one-line summaries stand here, so that the list of commands loads none of them.
 */
export const commandGroups = [
  {
    title: 'Lanes: what may happen only one at a time',
    commands: [
      entry('lane list', 'All lanes: who holds them, how many wait', () => import('./commands/lane/list.ts')),
      entry(
        'lane show',
        'One lane: holders, the line, who blocks whom',
        () => import('./commands/lane/show.ts'),
      ),
      entry('lane watch', 'All lanes, live', () => import('./commands/lane/watch.ts')),
      entry('lane acquire', 'Take a lane, or join its line', () => import('./commands/lane/acquire.ts')),
      entry('lane renew', 'Keep what you hold for longer', () => import('./commands/lane/renew.ts')),
      entry('lane release', 'Hand a lane back', () => import('./commands/lane/release.ts')),
      entry('lane leave', 'Give up a place in line', () => import('./commands/lane/leave.ts')),
      entry(
        'lane history',
        'Decisions about a lane, with what they were decided on',
        () => import('./commands/lane/history.ts'),
      ),
      entry(
        'lane stats',
        'Waits, holds, refusals, takeovers and how busy a lane is',
        () => import('./commands/lane/stats.ts'),
      ),
      entry('exec', 'Hold a lane just while a command runs', () => import('./commands/exec.ts')),
      entry(
        'lane move',
        'Captains: give a claim another place in line',
        () => import('./commands/lane/move.ts'),
      ),
      entry(
        'lane pause',
        'Captains: grant nothing new, or let one claim be passed',
        () => import('./commands/lane/pause.ts'),
      ),
      entry('lane unpause', 'Captains: end a pause', () => import('./commands/lane/unpause.ts')),
      entry(
        'lane assign',
        'Captains: let somebody hold it for a while',
        () => import('./commands/lane/assign.ts'),
      ),
      entry(
        'lane apply',
        'Captains: make lanes.yaml the definition in the store',
        () => import('./commands/lane/apply.ts'),
      ),
      entry(
        'lane force-release',
        'Captains: take a lane from its holder',
        () => import('./commands/lane/force-release.ts'),
      ),
      entry(
        'lane recover',
        'Captains: go on after the store went back',
        () => import('./commands/lane/recover.ts'),
      ),
      entry(
        'lane export',
        'Captains: seal all lanes and write the estate to a file, for another store',
        () => import('./commands/lane/export.ts'),
      ),
      entry(
        'lane import',
        'Captains: go on in this store with what another one had',
        () => import('./commands/lane/import.ts'),
      ),
    ],
  },
  {
    title: 'Trains: a release that travels across repositories',
    commands: [
      entry(
        'plan',
        'Survey and preflight without the lane, and save the plan',
        () => import('./commands/plan.ts'),
      ),
      entry('run', 'The whole journey of a train', () => import('./commands/run.ts')),
      entry('approve', 'Approve a plan', () => import('./commands/approve.ts')),
      entry('deny', 'Refuse a plan', () => import('./commands/deny.ts')),
      entry('status', 'The estate at a glance, or how far a run is', () => import('./commands/status.ts')),
      entry('resume', 'Go on with a run, wherever it stopped', () => import('./commands/resume.ts')),
      entry(
        'compensate',
        'Take back what a run did, as far as there is a way',
        () => import('./commands/compensate.ts'),
      ),
      entry('abort', 'End a run without undoing anything', () => import('./commands/abort.ts')),
      entry(
        'report',
        'What a run did, as text, JSON, Markdown or a page',
        () => import('./commands/report.ts'),
      ),
    ],
  },
  {
    title: 'The daily path: stopped before the forbidden edit',
    commands: [
      entry(
        'guard',
        'Whether a change, a command or a push needs a lane, and whether you hold it',
        () => import('./commands/guard.ts'),
      ),
      entry(
        'guard install',
        'Ask before every commit and push, and before a coding agent acts',
        () => import('./commands/guard/install.ts'),
      ),
      entry(
        'guard uninstall',
        'Take out what install put in, to the byte',
        () => import('./commands/guard/uninstall.ts'),
      ),
    ],
  },
  {
    title: 'Schema changes',
    commands: [
      entry(
        'batch plan',
        'Which schema changes can share a turn of the lane, in which order, and why',
        () => import('./commands/batch/plan.ts'),
      ),
      entry(
        'batch write',
        'Write a turn of the plan as a branch, and take the lane for it',
        () => import('./commands/batch/write.ts'),
      ),
      entry(
        'batch verify',
        'Run a written batch and its tickets on scratch databases, and compare',
        () => import('./commands/batch/verify.ts'),
      ),
      entry('batch why', 'Why two tickets share a turn, or do not', () => import('./commands/batch/why.ts')),
      entry(
        'batch density',
        'How many schema changes are in flight, and whether it is time to batch',
        () => import('./commands/batch/density.ts'),
      ),
      entry(
        'batch schema-merge',
        'Merge two versions of schema.rb, also as a merge driver of git',
        () => import('./commands/batch/schema-merge.ts'),
      ),
    ],
  },
  {
    title: 'Work items',
    commands: [
      entry('task list', 'Work items, their states and flags', () => import('./commands/task/list.ts')),
      entry(
        'task show',
        'One work item: what it needs, holds and waits for, and who moved it',
        () => import('./commands/task/show.ts'),
      ),
      entry('task add', 'Write a work item down, once per trigger', () => import('./commands/task/add.ts')),
      entry(
        'task next',
        'Something to pick up that needs no lane which is held',
        () => import('./commands/task/next.ts'),
      ),
      entry(
        'task move',
        'Move a work item, if it is where it is expected to be',
        () => import('./commands/task/move.ts'),
      ),
      entry(
        'task done',
        'Finish a work item, and give back its lanes',
        () => import('./commands/task/done.ts'),
      ),
      entry(
        'task flag',
        'Say that a work item needs the lanes of a flag',
        () => import('./commands/task/flag.ts'),
      ),
      entry('task unflag', 'Take a flag back', () => import('./commands/task/unflag.ts')),
    ],
  },
  {
    title: 'Rehearsal',
    commands: [
      entry('rehearse', 'Conduct a train through a throwaway estate', () => import('./commands/rehearse.ts')),
    ],
  },
  {
    title: 'lanes.yaml',
    commands: [
      entry(
        'init',
        'Look at your repositories and write a first lanes.yaml, with the reasons in comments',
        () => import('./commands/init.ts'),
      ),
      entry(
        'check',
        'Validate lanes.yaml and show every finding where it stands',
        () => import('./commands/check.ts'),
      ),
      entry(
        'review',
        'Explain what a change to lanes.yaml means for those who work under it',
        () => import('./commands/review.ts'),
      ),
      entry(
        'schema',
        'Print the JSON Schema of lanes.yaml, for editors',
        () => import('./commands/schema.ts'),
      ),
      entry(
        'doctor',
        'Look whether everything is there that lanes and trains need',
        () => import('./commands/doctor.ts'),
      ),
      entry(
        'explain',
        'Say what a code means and what to do about it',
        () => import('./commands/explain.ts'),
      ),
      entry(
        'help',
        'Commands and pages, one of them, or what a code means',
        () => import('./commands/help.ts'),
      ),
      entry(
        'completion',
        'Make your shell complete commands, flags and the names of your lanes.yaml',
        () => import('./commands/completion.ts'),
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
  batch: 'Plan schema changes together',
  guard: 'Stopped before the forbidden edit',
  task: 'See, flag and move work items',
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
