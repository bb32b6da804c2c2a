import { randomBytes } from 'node:crypto'
import { ConductError } from '@conduct/core'
import { taskOfKey } from '@conduct/tasks'
import { textValue } from '../../arguments/values.ts'
import type { CommandRun, CommandSpec } from '../../command.ts'
import { openEstate } from '../../estate/open-estate.ts'
import { projectFlag, repoFlag } from '../../lane/arguments.ts'
import { taskPositional } from '../../task/arguments.ts'
import { openWork, requireFlag, requireNotMoved } from '../../task/open-work.ts'

export type Flags = {
  readonly title?: string
  readonly key?: string
  readonly state?: string
  readonly flag?: readonly string[]
  readonly repo?: readonly string[]
  readonly project?: string
  readonly priority?: number
}

const text = { kind: 'parsed', parse: textValue, optional: true } as const

export const spec: CommandSpec<Flags, [task?: string]> = {
  description: [
    'Writes a work item down. What is there already stays as it is (outcome already).',
    'With --key, whatever triggers it may come as often as it likes: the same key is the same item, and only the first has added it. Triggers add items, and whoever picks one up moves it: so no two ask for a lane for the same thing.',
  ],
  parameters: {
    flags: {
      title: { ...text, placeholder: 'text', brief: 'What it is about' },
      key: { ...text, placeholder: 'key', brief: 'Durable key of what triggers it (push:shop:4f2a91c)' },
      state: { ...text, placeholder: 'state', brief: 'Where it begins; default: open' },
      flag: { ...text, variadic: true, placeholder: 'flag', brief: 'A flag of lanes.yaml; may be repeated' },
      repo: { ...repoFlag, brief: 'A repo of lanes.yaml that it is about' },
      project: { ...projectFlag, brief: 'The project that it is about' },
      priority: {
        kind: 'parsed',
        parse: priorityValue,
        optional: true,
        placeholder: 'number',
        brief: 'The highest is handed out first; default: 0',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [
        { ...taskPositional, optional: true, brief: 'Its id; default: one of its key, or a new one' },
      ],
    },
  },
  examples: [
    ['task add ABC-12 --title "Invoices by mail" --flag requires_migration', 'write it down'],
    ['task add --key issue-41-opened --project web', 'once, however often that is triggered'],
  ],
}

export const run: CommandRun<Flags, [task?: string]> = async (context, flags, named) => {
  await using estate = await openEstate(context)
  const { tasks, rules, words } = openWork(estate, context)
  await requireNotMoved(estate)
  requireDeclared('repo', flags.repo ?? [], [...estate.config.repos.keys()])
  requireDeclared('project', flags.project === undefined ? [] : [flags.project], estate.config.projects)
  const known = (flags.flag ?? []).map((flag) => requireFlag(rules, flag))
  const id = named ?? (flags.key === undefined ? `t-${randomBytes(5).toString('hex')}` : taskOfKey(flags.key))
  const { title, key, project, repo, priority } = flags
  const { outcome, task } = await tasks.add(id, {
    by: estate.identity.holder,
    state: flags.state ?? words.ready,
    flags: known,
    ...(title === undefined ? {} : { title }),
    ...(key === undefined ? {} : { key }),
    ...(project === undefined ? {} : { project }),
    ...(repo === undefined ? {} : { repos: repo }),
    ...(priority === undefined ? {} : { priority }),
  })
  const { added } = task
  return {
    exit: 0,
    data: {
      task: id,
      outcome,
      state: task.state,
      flags: task.flags,
      ...(added === null ? {} : { added_by: added.by, added_at: added.at, duplicates: added.duplicates }),
    },
    text: (style) =>
      outcome === 'added'
        ? `${style.green('✔')} ${id} is written down, ${task.state}.\n`
        : `${id} is there already, ${task.state}${added === null ? '' : `: ${added.by} added it at ${added.at}`}.\n`,
    next: outcome === 'added' ? `${estate.launcher} task show ${id}` : null,
  }
}

/** @throws ConductError USAGE */
function requireDeclared(what: string, names: readonly string[], declared: readonly string[]): void {
  const unknown = names.find((name) => !declared.includes(name))
  if (unknown === undefined) return
  throw new ConductError('USAGE', `there is no ${what} ${unknown} in lanes.yaml`, {
    hint: `There are: ${declared.join(', ')}.`,
  })
}

const priorityMax = 1000

function priorityValue(typed: string): number {
  const value = Number(typed)
  if (!Number.isInteger(value) || Math.abs(value) > priorityMax) {
    throw new Error(`it is no whole number between -${priorityMax} and ${priorityMax}`)
  }
  return value
}
