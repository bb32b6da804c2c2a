import { readFileSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { ConductError } from '@conduct/core'
import { type Change, readCommand } from '@conduct/guard'
import type { CommandContext } from '../command.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import {
  currentBranch,
  pathsSince,
  pushedWorks,
  readPushed,
  stagedPaths,
  uncommittedPaths,
  type Work,
} from './changed-paths.ts'
import type { ChangeFlags } from './flags.ts'
import { findGuarded, type GuardedRepository } from './repository.ts'

export interface ReadChange {
  readonly change: Change
  readonly repository: GuardedRepository
  /** What was looked at, in words: `3 files staged`. */
  readonly looked: string
  /** By branch; none of what only commands, flags or actions say. */
  readonly works: () => readonly Work[]
}

/** @throws ConductError GUARD_NO_REPOSITORY, GUARD_RANGE_UNKNOWN, GIT_FAILED, USAGE */
export function readChange(context: CommandContext, loaded: LoadedConfig, flags: ChangeFlags): ReadChange {
  const repository = findGuarded(context, loaded, flags)
  const commands = (flags.command ?? []).map((line) => ({ line, reading: readCommand(line) }))
  const range = readRange(context, flags, repository)
  const written = commands.flatMap(({ reading }) => pathsOfCommand(context.cwd, repository.top, reading))
  return {
    repository,
    works: range?.works ?? (() => []),
    looked: [
      ...(range === null ? [] : [`${counted(range.paths.length, 'file')} ${range.what}`]),
      ...(commands.length === 0 ? [] : [counted(commands.length, 'command')]),
      ...(flags.action === undefined ? [] : [counted(flags.action.length, 'action')]),
      ...(flags.flag === undefined ? [] : [counted(flags.flag.length, 'flag')]),
    ].join(', '),
    change: {
      repo: repository.repo,
      project: repository.project,
      paths: [...(range?.paths ?? []), ...written],
      flags: flags.flag ?? [],
      commands,
      actions: flags.action ?? [],
    },
  }
}

interface Range {
  readonly paths: readonly string[]
  /** Behind `3 files`. */
  readonly what: string
  readonly works: () => readonly Work[]
}

function readRange({ cwd }: CommandContext, flags: ChangeFlags, { top }: GuardedRepository): Range | null {
  const { staged, base, pushed } = flags
  const isOther = [flags.command, flags.action, flags.flag].some((each) => each !== undefined)
  const isNamed = staged || base !== undefined || pushed !== undefined
  if (isOther && !isNamed) return null
  if (top === null) {
    throw new ConductError('GUARD_NO_REPOSITORY', `${cwd} is in no working tree of git`)
  }
  const made = (work: Pick<Work, 'head' | 'paths'> & Partial<Work>) => (): readonly Work[] => [
    { branch: currentBranch(cwd), bases: [], isUncommitted: false, ...work },
  ]
  if (staged) {
    const paths = stagedPaths(cwd)
    return { paths, what: 'staged', works: made({ head: null, paths }) }
  }
  if (base !== undefined) {
    const paths = pathsSince(cwd, base)
    const works = made({ head: 'HEAD', bases: [base], paths })
    return { paths, what: `changed since ${base}`, works }
  }
  if (pushed !== undefined) {
    const works = pushedWorks(cwd, { remote: pushed, refs: readPushed(readFileSync(0, 'utf8')) })
    const paths = [...new Set(works.flatMap((each) => each.paths))]
    return { paths, what: `pushed to ${pushed}`, works: () => works }
  }
  const paths = uncommittedPaths(cwd)
  return { paths, what: 'not committed', works: made({ head: null, isUncommitted: true, paths }) }
}

/** Files that a command names, from wherever it may stand by then; those outside of the repository are nobody's business. */
function pathsOfCommand(
  cwd: string,
  top: string | null,
  { files, folders }: Change['commands'][number]['reading'],
): readonly string[] {
  if (top === null) return []
  const places = [cwd, ...folders.map((folder) => resolve(cwd, folder))]
  const named = places.flatMap((place) =>
    files.map((file) => relative(top, join(isAbsolute(file) ? '/' : place, file))),
  )
  return [...new Set(named)].filter((path) => path !== '' && !path.startsWith('..') && !isAbsolute(path))
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
