import { realpath } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { type GitCall, gitFailed, runGit } from './run-git.ts'

const lookTimeoutMs = 30_000

export interface FileInRepository {
  /** Path from the repository's top, with `/`. */
  readonly path: string
  /** Address of the remote it is shared through; null when the repository has none. */
  readonly remote: string | null
}

/**
 * Which repository a file on this machine belongs to; null outside any. Only looks.
 *
 * The remote is the one that the current branch follows, else `origin`, else the only one.
 *
 * @throws ConductError GIT_FAILED  there is a repository, and git refuses to read it.
 */
export async function findFileInRepository(
  file: string,
  signal?: AbortSignal,
): Promise<FileInRepository | null> {
  const real = await realpath(file)
  const call = lookFrom(dirname(real), signal)
  const top = await readTop(call)
  if (top === null) return null
  const from = relative(top, real)
  return { path: from.replaceAll('\\', '/'), remote: await sharedThrough(call) }
}

/** A working tree on this machine. */
export interface LocalRepository {
  /** Its top, without symbolic links. */
  readonly top: string
  /** Null: HEAD is on none. */
  readonly branch: string | null
  /** Name → address, as it is written in the settings. */
  readonly remotes: ReadonlyMap<string, string>
  /** The remote it is shared through, as for `findFileInRepository`. */
  readonly shared: string | null
}

/**
 * The working tree that a folder is in; null outside of any. Only looks.
 *
 * @throws ConductError GIT_FAILED  there is a repository, and git refuses to read it.
 */
export async function findLocalRepository(
  folder: string,
  signal?: AbortSignal,
): Promise<LocalRepository | null> {
  const call = lookFrom(folder, signal)
  const top = await readTop(call)
  if (top === null) return null
  const branch = (await runGit(call(['symbolic-ref', '--quiet', '--short', 'HEAD']))).stdout.trim()
  const listed = await runGit(call(['config', '-z', '--get-regexp', String.raw`^remote\..*\.url$`]))
  const remotes = new Map<string, string>()
  for (const entry of listed.stdout.split('\0')) {
    const at = entry.indexOf('\n')
    const name = entry.slice('remote.'.length, at - '.url'.length)
    // The first of several is the one that is fetched from.
    if (at !== -1 && !remotes.has(name)) remotes.set(name, entry.slice(at + 1))
  }
  return { top, branch: branch === '' ? null : branch, remotes, shared: await sharedThrough(call) }
}

type Call = (args: readonly string[]) => GitCall

function lookFrom(cwd: string, signal: AbortSignal | undefined): Call {
  return (args) => ({
    cwd,
    args,
    timeoutMs: lookTimeoutMs,
    signal,
    env: { GIT_OPTIONAL_LOCKS: '0' },
  })
}

async function readTop(call: Call): Promise<string | null> {
  const look = call(['rev-parse', '--show-toplevel'])
  const top = await runGit(look)
  if (top.exitCode === 0) return realpath(top.stdout.replace(/\n$/, ''))
  if (/not a git repository|must be run in a work tree/i.test(top.stderr)) return null
  throw gitFailed(look, top)
}

async function sharedThrough(call: Call): Promise<string | null> {
  const read = async (args: readonly string[]): Promise<string> => (await runGit(call(args))).stdout.trim()
  const names = (await read(['remote'])).split('\n').filter((name) => name !== '')
  const branch = await read(['symbolic-ref', '--quiet', '--short', 'HEAD'])
  const followed = branch === '' ? '' : await read(['config', '--get', `branch.${branch}.remote`])
  const only = names.length === 1 ? names[0] : undefined
  const name = [followed, 'origin', only].find((one) => one !== undefined && names.includes(one))
  return name === undefined ? null : await read(['config', '--get', `remote.${name}.url`])
}
