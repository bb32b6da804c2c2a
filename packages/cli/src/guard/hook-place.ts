import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { ConductError } from '@conduct/core'
import { lookAtGit } from './git-look.ts'

/** Where hooks of git are kept here, and by whom. */
export type HookPlace =
  /** A folder that only git looks into. */
  | { readonly kind: 'folder'; readonly folder: string; readonly isShared: boolean }
  /** Files of the repository: husky's, or a folder of its own. */
  | { readonly kind: 'files'; readonly folder: string; readonly keeper: 'husky' | 'core.hooksPath' }
  | { readonly kind: 'lefthook'; readonly top: string }

const lefthookFiles = [
  'lefthook.yml',
  'lefthook.yaml',
  '.lefthook.yml',
  '.lefthook.yaml',
  'lefthook.toml',
  'lefthook.json',
]

/** @throws ConductError GUARD_NO_REPOSITORY */
export function findHookPlace(cwd: string): HookPlace {
  const asked = lookAtGit(cwd, ['rev-parse', '--show-toplevel', '--git-common-dir', '--git-path', 'hooks'])
  const [top = '', common = '', hooks = ''] = asked.stdout.split('\n')
  if (asked.exit !== 0 || top === '') {
    throw new ConductError('GUARD_NO_REPOSITORY', `${cwd} is in no working tree of git`)
  }
  const folder = realPath(resolve(cwd, hooks))
  const inside = relative(realPath(top), folder)
  const isInGit = folder.startsWith(`${realPath(resolve(cwd, common))}/`)
  if (!isInGit && !inside.startsWith('..')) {
    const isHusky = /(?:^|\/)\.husky(?:\/_)?$/.test(inside)
    // What lies in `.husky/_` is written anew by every installation of packages; it calls what lies beside it.
    const files = isHusky && inside.endsWith('/_') ? dirname(folder) : folder
    return { kind: 'files', folder: files, keeper: isHusky ? 'husky' : 'core.hooksPath' }
  }
  if (lefthookFiles.some((name) => existsSync(join(top, name)))) return { kind: 'lefthook', top }
  return { kind: 'folder', folder, isShared: !isInGit }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
