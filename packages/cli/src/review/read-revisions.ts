import { readFileSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { type LanesConfig, parseLanesYaml } from '@conduct/config'
import { ConductError } from '@conduct/core'
import { type Revision, toRevision } from '@conduct/review'
import type { CommandContext } from '../command.ts'
import { findConfig } from '../estate/find-config.ts'
import { invalidConfig, type LoadedConfig } from '../estate/load-config.ts'
import { lookAtGit } from '../guard/git-look.ts'

/** A lanes.yaml to compare, with its text and what it says. */
export interface ReadRevision extends LoadedConfig {
  /** For people: `main`, `old.yaml`. */
  readonly name: string
  readonly revision: Revision
}

export interface ReadRevisions {
  /** Null: there was no lanes.yaml. */
  readonly before: ReadRevision | null
  readonly after: ReadRevision
  /** Null where two files are compared. */
  readonly range: Range | null
}

/** The commits between the two, in the checkout that lanes.yaml lies in. */
export interface Range {
  readonly folder: string
  readonly base: string
  readonly file: string
}

/** @throws ConductError CONFIG_INVALID, CONFIG_NOT_FOUND, CONFIG_AMBIGUOUS, REVIEW_REVISION_UNKNOWN, USAGE */
export function readRevisions(
  context: CommandContext,
  options: { readonly base: string; readonly files: readonly string[] },
): ReadRevisions {
  const [old, now] = options.files
  if (old !== undefined && now !== undefined) {
    return { before: readFile(context, old), after: readFile(context, now), range: null }
  }
  const location = findConfig({ flag: context.global.config, cwd: context.cwd })
  if (location.kind === 'git') {
    throw new ConductError('USAGE', `${location.address} is in no checkout here`, {
      hint: 'Go to a checkout of that repository, or name two files.',
    })
  }
  const folder = dirname(location.path)
  const file = basename(location.path)
  const base = forkPoint(folder, options.base)
  const shown = shownPath(context, location.path)
  const text = textAt({ folder, base, file })
  const address = location.path
  return {
    before:
      text === null ? null : parse({ name: options.base, address, file: `${options.base}:${shown}`, text }),
    after: parse({ name: shown, address, file: shown, text: readText(location.path) }),
    range: { folder, base, file },
  }
}

/** Where the two went apart: what others did on the base since then is none of this change. */
function forkPoint(folder: string, base: string): string {
  const commit = lookAtGit(folder, [
    'rev-parse',
    '--quiet',
    '--verify',
    '--end-of-options',
    `${base}^{commit}`,
  ])
  if (commit.exit !== 0) {
    throw new ConductError('REVIEW_REVISION_UNKNOWN', `there is no revision ${base} in ${folder}`)
  }
  const fork = lookAtGit(folder, ['merge-base', commit.stdout.trim(), 'HEAD'])
  return (fork.exit === 0 ? fork.stdout : commit.stdout).trim()
}

/** @returns null when the file is not in that commit. */
export function textAt({ folder, base, file }: Range): string | null {
  const listed = lookAtGit(folder, ['ls-tree', '--name-only', '-z', base, '--', `./${file}`])
  if (listed.exit === 0 && listed.stdout === '') return null
  const { exit, stdout, stderr } = lookAtGit(folder, ['cat-file', 'blob', `${base}:./${file}`])
  if (exit === 0) return stdout
  throw new ConductError(
    'REVIEW_REVISION_UNKNOWN',
    `${file} at ${base.slice(0, 7)} cannot be read: ${stderr.trim()}`,
  )
}

function readFile(context: CommandContext, name: string): ReadRevision {
  const path = resolve(context.cwd, name)
  return parse({ name, address: path, file: shownPath(context, path), text: readText(path) })
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ConductError('REVIEW_REVISION_UNKNOWN', `${path} could not be read`, { cause })
  }
}

function parse(source: {
  readonly name: string
  readonly address: string
  readonly file: string
  readonly text: string
}): ReadRevision {
  const { name, address, file, text } = source
  const { config, findings } = parseLanesYaml({ file, text })
  if (config === null) throw invalidConfig({ address: file, text, config, findings })
  return {
    name,
    address,
    text,
    findings,
    config: config satisfies LanesConfig,
    revision: toRevision({ file, text }, config),
  }
}

function shownPath({ cwd }: CommandContext, path: string): string {
  const fromHere = relative(cwd, path)
  return fromHere.startsWith('..') ? path : fromHere
}
