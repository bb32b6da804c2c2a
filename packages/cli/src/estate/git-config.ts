import { spawnSync } from 'node:child_process'

/** As git lists them: names in lower case, the one that counts last. */
export type GitSettings = readonly (readonly [key: string, value: string])[]

/** A command asks for several; git is started once for each folder. */
const read = new Map<string, GitSettings>()

/** All of `git config` as seen from a folder; empty: no git there. */
export function readGitSettings(cwd: string): GitSettings {
  const known = read.get(cwd)
  if (known !== undefined) return known
  const settings = readAnew(cwd)
  read.set(cwd, settings)
  return settings
}

/** After a setting was written. */
export function forgetGitSettings(): void {
  read.clear()
}

/** A value of `git config` as seen from a folder, or null: no git, no repository, no such key. */
export function readGitConfig(key: string, cwd: string): string | null {
  const value = readGitSettings(cwd)
    .findLast(([name]) => name === key)?.[1]
    .trim()
  return value === undefined || value === '' ? null : value
}

function readAnew(cwd: string): GitSettings {
  const { status, stdout } = spawnSync('git', ['config', '--list', '-z'], {
    cwd,
    encoding: 'utf8',
    timeout: GIT_MS_MAX,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (status !== 0) return []
  return stdout.split('\0').flatMap((entry) => {
    const at = entry.indexOf('\n')
    return at === -1 ? [] : [[entry.slice(0, at), entry.slice(at + 1)] as const]
  })
}

const GIT_MS_MAX = 5000
