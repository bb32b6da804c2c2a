import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ConductError, exitCodes } from '@conduct/core'
import { installMergeDriver, mergeTexts } from '@conduct/git'
import { loadSchemaMerger, type MergeProblem, type SchemaMerge } from '@conduct/planner'
import { countValue, textValue } from '../../arguments/values.ts'
import type { CommandContext, CommandOutcome, CommandRun, CommandSpec } from '../../command.ts'
import { launcherWords } from '../../launcher.ts'

export type Flags = {
  readonly install: boolean
  readonly pattern?: readonly string[]
  readonly 'marker-size'?: number
}

type Args = [base?: string, ours?: string, theirs?: string, path?: string]

const file = (placeholder: string, brief: string) =>
  ({ parse: textValue, optional: true, placeholder, brief }) as const

export const spec: CommandSpec<Flags, Args> = {
  usage: '[--install] [<base> <ours> <theirs> [<path>]]',
  description: [
    'Merges two versions of a schema.rb by what they do to the schema they come from, and writes the result over <ours>: tables, columns, indexes and keys of both, the highest version, every line that neither changed as it was. The merged file is read again and has to be the schema that both sides’ changes lead to.',
    'What cannot be shown is refused: a change of the same thing on both sides, something that one side drops and the other builds on, Ruby that is not spelled out. Then <ours> holds what git makes of it, conflict markers and all, and the exit code is 3.',
    'As a merge driver of git it takes two lines, which --install writes:',
    '  .gitattributes:  db/schema.rb merge=conduct-schema',
    '  git config merge.conduct-schema.driver "conduct batch schema-merge --marker-size %L -- %O %A %B %P"',
    'The first is committed and shared; the second is of one clone. A clone without it merges as git always did.',
  ],
  parameters: {
    flags: {
      install: { kind: 'boolean', brief: 'Make it the merge driver of the repository you stand in' },
      pattern: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        variadic: true,
        placeholder: 'path',
        brief: 'With --install: the files that it merges; default: db/schema.rb',
      },
      'marker-size': {
        kind: 'parsed',
        parse: countValue,
        optional: true,
        placeholder: 'n',
        brief: 'Length of the conflict markers that are left where it refuses; default: 7',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [
        file('base', 'The version that both come from (%O)'),
        file('ours', 'One version; the result is written over it (%A)'),
        file('theirs', 'The other version (%B)'),
        file('path', 'What the file is called in the repository (%P)'),
      ],
    },
  },
  examples: [
    ['batch schema-merge --install', 'from now on git merges db/schema.rb with it'],
    ['batch schema-merge base.rb ours.rb theirs.rb', 'merge three files, into ours.rb'],
  ],
}

export const run: CommandRun<Flags, Args> = async (context, flags, base, ours, theirs, path) => {
  if (flags.install) {
    if (base !== undefined) throw new ConductError('SCHEMA_MERGE_FILES', '--install takes no files')
    return install(context, flags.pattern ?? ['db/schema.rb'])
  }
  if (base === undefined || ours === undefined || theirs === undefined || flags.pattern !== undefined) {
    throw new ConductError('SCHEMA_MERGE_FILES', 'three files are needed: base, ours and theirs')
  }
  const files = {
    base: resolve(context.cwd, base),
    ours: resolve(context.cwd, ours),
    theirs: resolve(context.cwd, theirs),
  }
  const name = path ?? ours
  const [merge, baseText, oursText, theirsText] = await Promise.all([
    loadSchemaMerger(),
    read(files.base),
    read(files.ours),
    read(files.theirs),
  ])
  const merged = merge({ base: baseText, ours: oursText, theirs: theirsText })
  if (merged.outcome === 'merged') {
    await writeFile(files.ours, merged.text)
    return done(merged, name)
  }
  const conflicts = await mergeTexts(files, {
    cwd: context.cwd,
    labels: { ours: 'ours', base: 'base', theirs: 'theirs' },
    signal: context.signal,
    ...(flags['marker-size'] === undefined ? {} : { markerSize: flags['marker-size'] }),
  })
  return refuse(merged.problems, { name, conflicts })
}

function done(merged: Extract<SchemaMerge, { outcome: 'merged' }>, name: string): CommandOutcome {
  const { ours, theirs, version } = merged
  const told = (side: string, changes: readonly string[]): string =>
    `  ${side} ${changes.length === 0 ? 'changes nothing but the version' : changes.join(', ')}\n`
  return {
    exit: exitCodes.done,
    data: { path: name, outcome: 'merged', version, ours, theirs },
    text: () =>
      `${name}: merged${version === null ? '' : `, version ${version}`}\n${told('ours', ours)}${told('theirs', theirs)}`,
  }
}

function refuse(
  problems: readonly MergeProblem[],
  { name, conflicts }: { readonly name: string; readonly conflicts: number },
): CommandOutcome {
  const lines = problems.map(
    ({ side, line, problem }) => `  ${side}${line === null ? '' : `:${line}`}: ${problem}\n`,
  )
  const left =
    conflicts === 0
      ? 'Git merges its lines without a conflict; that was left in the file, and is not proved.'
      : `${conflicts} ${conflicts === 1 ? 'conflict is' : 'conflicts are'} marked in it, as git leaves them.`
  const [first] = problems
  const place = first?.line == null ? '' : ` (${first.side}, line ${first.line})`
  return {
    exit: exitCodes.preflight,
    data: { path: name, outcome: 'refused', problems, conflicts },
    text: () => `${name}: not merged\n${lines.join('')}${left}\n`,
    error: new ConductError(
      'SCHEMA_MERGE_REFUSED',
      `${name} was not merged: ${first?.problem ?? 'it cannot be shown'}${place}. ${left}`,
    ),
  }
}

async function install(context: CommandContext, patterns: readonly string[]): Promise<CommandOutcome> {
  // The files of a driver are named from where git stands: a launcher that goes elsewhere first would miss them.
  const { npm_config_user_agent: _pnpm, ...env } = context.env
  const launcher = launcherWords({ env, program: process.argv[1] ?? 'conduct', execPath: process.execPath })
  const command = `${launcher} batch schema-merge --marker-size %L -- %O %A %B %P`
  const { attributes, added } = await installMergeDriver(
    { name: 'conduct-schema', title: 'schema.rb by what it does (conduct)', command, patterns },
    { cwd: context.cwd, signal: context.signal },
  )
  const told =
    added.length === 0
      ? `${attributes} has its lines already.`
      : `Added to ${attributes}, to be committed:\n${added
          .map((line) => `  ${line}\n`)
          .join('')
          .trimEnd()}`
  return {
    exit: exitCodes.done,
    data: { driver: command, attributes, added },
    text: () => `Git of this clone merges ${patterns.join(', ')} with conduct.\n${told}\n`,
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new ConductError('SCHEMA_MERGE_FILES', `${path} cannot be read`, { cause })
  }
}
