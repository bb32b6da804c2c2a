import { spawnSync } from 'node:child_process'

/** A value of `git config` as seen from a folder, or null: no git, no repository, no such key. */
export function readGitConfig(key: string, cwd: string): string | null {
  const { status, stdout } = spawnSync('git', ['config', '--get', key], {
    cwd,
    encoding: 'utf8',
    timeout: GIT_MS_MAX,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const value = status === 0 ? stdout.trim() : ''
  return value === '' ? null : value
}

const GIT_MS_MAX = 5000
