import { spawnSync } from 'node:child_process'
import { ConductError } from '@conduct/core'

/**
 * Git as the person's own hook sees it: `GIT_INDEX_FILE` and its kin stay in force, since a commit of some files has an index of
 * its own. Only looks: no lock is taken, no index refreshed, no watcher started.
 */
export interface GitLook {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** @param input what git reads on its standard input */
export function lookAtGit(cwd: string, args: readonly string[], input?: string): GitLook {
  const { status, stdout, stderr, error } = spawnSync(
    'git',
    ['-c', 'core.fsmonitor=false', '-c', 'core.quotePath=false', ...args],
    {
      cwd,
      encoding: 'utf8',
      timeout: LOOK_MS_MAX,
      maxBuffer: OUTPUT_BYTES_MAX,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
      ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
    },
  )
  if (error !== undefined) {
    throw new ConductError('GIT_FAILED', `git ${args[0] ?? ''} could not be run: ${error.message}`)
  }
  return { exit: status ?? 1, stdout, stderr }
}

const LOOK_MS_MAX = 30_000
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024

/** @throws ConductError GUARD_RANGE_UNKNOWN  git knows nothing of what was named. */
export function requireLook(cwd: string, args: readonly string[]): string {
  const { exit, stdout, stderr } = lookAtGit(cwd, args)
  if (exit === 0) return stdout
  const said = stderr.trim().split('\n')[0] ?? ''
  throw new ConductError('GUARD_RANGE_UNKNOWN', `git ${args[0] ?? ''} cannot tell what changed: ${said}`)
}

export function pathsIn(output: string): readonly string[] {
  return output.split('\0').filter((path) => path !== '')
}
