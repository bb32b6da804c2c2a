import type { Action } from '@conduct/config'
import { ConductError } from '@conduct/core'
import { textValue } from '../arguments/values.ts'

/** What of a change is looked at. */
export type ChangeFlags = {
  readonly staged: boolean
  readonly base?: string
  readonly pushed?: string
  readonly command?: readonly string[]
  readonly action?: readonly Action[]
  readonly flag?: readonly string[]
  readonly task?: string
  readonly repo?: string
  readonly project?: string
}

export const actionNames = ['publish', 'adopt', 'deploy', 'provider_config', 'env_var'] as const

const text = { kind: 'parsed', parse: textValue, optional: true } as const
const texts = { ...text, variadic: true } as const

export const changeFlags = {
  staged: { kind: 'boolean', brief: 'What the next commit changes' },
  base: { ...text, placeholder: 'revision', brief: 'What this branch changed since it left that revision' },
  pushed: {
    ...text,
    placeholder: 'remote',
    brief: 'What a push to that remote brings, as git tells a pre-push hook on standard input',
  },
  command: { ...texts, placeholder: 'line', brief: 'A command line that is about to run' },
  action: {
    kind: 'enum',
    values: actionNames,
    optional: true,
    variadic: true,
    brief: 'Something that is about to be done',
  },
  flag: { ...texts, placeholder: 'name', brief: 'A flag of the task it is for, as requires_migration' },
  task: {
    ...text,
    placeholder: 'id',
    brief: 'The work item it is for; the command that is printed names it',
  },
  repo: {
    ...text,
    placeholder: 'repo',
    brief: 'What lanes.yaml calls this repository, where nothing else tells',
  },
  project: { ...text, placeholder: 'project', brief: 'The project it is about (lanes with scope: project)' },
} as const

/** @throws ConductError USAGE  two that contradict each other. */
export function checkFlags(flags: ChangeFlags): void {
  const ranges = [
    ...(flags.staged ? ['--staged'] : []),
    ...(flags.base === undefined ? [] : ['--base']),
    ...(flags.pushed === undefined ? [] : ['--pushed']),
  ]
  if (ranges.length < 2) return
  throw new ConductError('USAGE', `${ranges.join(' and ')} name different changes`, {
    hint: 'Ask for one of them at a time. Help: conduct guard --help',
  })
}
