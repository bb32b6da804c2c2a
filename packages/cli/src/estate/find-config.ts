import { statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ConductError } from '@conduct/core'
import { readGitConfig } from './git-config.ts'
import { readWorktreeTop } from './worktree-top.ts'

export const configNames = ['lanes.yaml', 'lanes.yml'] as const

/** Where lanes.yaml is: an absolute path, or the address of one in another repository. */
export type ConfigLocation =
  | { readonly kind: 'file'; readonly path: string; readonly foundBy: FoundBy }
  | {
      readonly kind: 'git'
      /** As it was written, `git+URL#ref`. */
      readonly address: string
      readonly remote: string
      /** Null: the remote's default branch. */
      readonly ref: string | null
      readonly foundBy: FoundBy
    }

type FoundBy = 'flag' | 'folder' | 'git_config'

/**
 * `-c`, else the nearest folder upwards that has one, else `git config conduct.config` of the repository.
 *
 * @throws ConductError CONFIG_NOT_FOUND, CONFIG_AMBIGUOUS, USAGE
 */
export function findConfig(options: {
  readonly flag?: string | undefined
  readonly cwd: string
}): ConfigLocation {
  const { flag, cwd } = options
  if (flag !== undefined) return locate(flag, { base: cwd, foundBy: 'flag' })
  const path = findUpwards(cwd)
  if (path !== null) return { kind: 'file', path, foundBy: 'folder' }
  const configured = readGitConfig('conduct.config', cwd)
  if (configured !== null)
    return locate(configured, { base: readWorktreeTop(cwd) ?? cwd, foundBy: 'git_config' })
  throw new ConductError('CONFIG_NOT_FOUND', `no lanes.yaml in ${cwd} or any folder above it`)
}

function locate(text: string, options: { readonly base: string; readonly foundBy: FoundBy }): ConfigLocation {
  const { base, foundBy } = options
  const address = /^git\+([^#]+)(?:#(.+))?$/.exec(text)
  if (address !== null) {
    return { kind: 'git', address: text, remote: address[1] ?? '', ref: address[2] ?? null, foundBy }
  }
  const path = resolve(base, text)
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.isDirectory() === true) {
    const inside = candidateIn(path)
    if (inside !== null) return { kind: 'file', path: inside, foundBy }
  }
  if (stat?.isFile() !== true) {
    const source = foundBy === 'flag' ? '-c' : 'git config conduct.config'
    throw new ConductError('CONFIG_NOT_FOUND', `${source} names ${text}, and there is no such file`)
  }
  return { kind: 'file', path, foundBy }
}

function findUpwards(cwd: string): string | null {
  let folder = cwd
  for (;;) {
    const found = candidateIn(folder)
    if (found !== null) return found
    const parent = dirname(folder)
    if (parent === folder) return null
    folder = parent
  }
}

function candidateIn(folder: string): string | null {
  const found = configNames
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
  if (found.length > 1) {
    throw new ConductError('CONFIG_AMBIGUOUS', `${folder} holds both ${configNames.join(' and ')}`)
  }
  return found[0] ?? null
}
