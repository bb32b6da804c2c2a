import { realpathSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type { LanesConfig } from '@conduct/config'
import { ConductError, nearest } from '@conduct/core'
import type { CommandContext } from '../command.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import { type GitSettings, readGitSettings } from '../estate/git-config.ts'
import { readWorktreeTop } from '../estate/worktree-top.ts'

/** The working tree one stands in, and what lanes.yaml calls its repository. */
export interface GuardedRepository {
  /** Null outside of any. */
  readonly top: string | null
  /** Null: none of those that lanes.yaml declares. */
  readonly repo: string | null
  readonly project: string | null
}

/**
 * `--repo`, else `git config conduct.repo`, else the repo with the address of one of the remotes, else the one whose `path` this
 * is, else the only one of a lanes.yaml that lies here.
 */
export function findGuarded(
  context: CommandContext,
  loaded: LoadedConfig,
  flags: { readonly repo?: string; readonly project?: string },
): GuardedRepository {
  const { config } = loaded
  const top = readWorktreeTop(context.cwd)
  const settings = top === null ? [] : readGitSettings(context.cwd)
  const setting = (name: string): string | undefined => settings.findLast(([key]) => key === name)?.[1]
  const project = declared(flags.project ?? setting('conduct.project'), config.projects, 'project')
  const named = declared(flags.repo ?? setting('conduct.repo'), [...config.repos.keys()], 'repo')
  const repo = named ?? (top === null ? null : recognise(top, settings, loaded))
  return { top, repo, project }
}

function declared(name: string | undefined, known: readonly string[], what: string): string | null {
  if (name === undefined || known.includes(name)) return name ?? null
  const near = nearest(name, known)
  throw new ConductError('USAGE', `lanes.yaml declares no ${what} ${JSON.stringify(name)}`, {
    hint: `${near === null ? '' : `Did you mean ${near}? `}Declared: ${known.join(', ')}.`,
  })
}

function recognise(top: string, settings: GitSettings, { config, address }: LoadedConfig): string | null {
  const repos = [...config.repos]
  const remotes = new Set(
    settings.filter(([key]) => /^remote\..*\.(?:push)?url$/.test(key)).map(([, url]) => plainAddress(url)),
  )
  const byRemote = repos.filter(([, { remote }]) => remotes.has(plainAddress(remote)))
  if (byRemote.length === 1) return byRemote[0]?.[0] ?? null
  const isFile = !address.startsWith('git+')
  const byPath = repos.find(
    ([, { path }]) => path !== null && isFile && realPath(resolve(dirname(address), path)) === realPath(top),
  )
  if (byPath !== undefined) return byPath[0]
  const isHere = isFile && !relative(realPath(top), realPath(address)).startsWith('..')
  return isHere ? onlyOne(config) : null
}

function onlyOne({ repos }: LanesConfig): string | null {
  return repos.size === 1 ? (repos.keys().next().value ?? null) : null
}

/** The same place however it is reached: `git@host:a/b.git`, `ssh://git@host/a/b`, `https://host/a/b.git`, a folder. */
function plainAddress(url: string): string {
  const scp = /^(?:[^@/\s]+@)?([^:/\s]+):(?!\/\/)(.+)$/.exec(url)
  const plain =
    scp === null ? url.replace(/^[a-z+]+:\/\/(?:[^@/]*@)?/i, '') : `${scp[1] ?? ''}/${scp[2] ?? ''}`
  const [host = '', ...path] = plain.replace(/(?:\.git)?\/*$/, '').split('/')
  return [host.toLowerCase().replace(/:\d+$/, ''), ...path.filter((part) => part !== '')].join('/')
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
