import { mkdirSync, statfsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { ConductError } from '@conduct/core'

/** Where a user's state lies on this machine: `$XDG_STATE_HOME/conduct`, else `~/.local/state/conduct`. */
export function stateHome(env: NodeJS.ProcessEnv = process.env): string {
  const declared = env['XDG_STATE_HOME']
  const base =
    declared !== undefined && isAbsolute(declared) ? declared : join(homeOf(env), '.local', 'state')
  return join(base, 'conduct')
}

/** One place per user and estate, never inside a checkout: worktrees, clones and hooks all meet in it. */
export function defaultSqlitePath(estate: string, env: NodeJS.ProcessEnv = process.env): string {
  return join(stateHome(env), estate, 'state.db')
}

/**
 * Makes the folder (mode 700) and refuses a file system on which SQLite's locks are not reliable.
 *
 * @throws ConductError STORE_REFUSED, STORE_UNREACHABLE
 */
export function prepareSqlitePlace(
  path: string,
  fileSystemOf: (folder: string) => number = (folder) => statfsSync(folder).type,
): void {
  const folder = dirname(path)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new ConductError('STORE_UNREACHABLE', `The folder of the store cannot be made: ${folder}`, {
      cause: error,
    })
  }
  const name = refusedFileSystem(fileSystemOf(folder))
  if (name !== null) {
    throw new ConductError('STORE_REFUSED', `The store ${path} lies on a network file system (${name}).`)
  }
}

/** Name of a network or FUSE file system by its Linux magic number; null for those that lock reliably. */
export function refusedFileSystem(type: number): string | null {
  return process.platform === 'linux' ? (refusedTypes.get(type >>> 0) ?? null) : null
}

/** Source: statfs(2) and the kernel's `magic.h`. */
const refusedTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x65735546, 'fuse'],
  [0x00c36400, 'ceph'],
  [0x01021997, '9p'],
  [0x5346414f, 'afs'],
  [0x6b414653, 'kafs'],
  [0x73757245, 'coda'],
  [0x01161970, 'gfs2'],
  [0x7461636f, 'ocfs2'],
  [0x0bd00bd0, 'lustre'],
  [0x47504653, 'gpfs'],
  [0xbacbacbc, 'vmhgfs'],
  [0x786f4256, 'vboxsf'],
  [0x7c7c6673, 'prl_fs'],
])

function homeOf(env: NodeJS.ProcessEnv): string {
  const home = env['HOME']
  return home !== undefined && isAbsolute(home) ? home : homedir()
}
