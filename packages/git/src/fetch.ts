import { setTimeout as delay } from 'node:timers/promises'
import { type CommitId, toCommitId } from '@conduct/core'
import { requireFullRef } from './ref-name.ts'
import { type RemoteCall, remoteFailed, runRemote } from './remote.ts'
import { type GitCall, type GitResult, requireGit } from './run-git.ts'

/** Tries of one fetch when another process moves the same refs at the same moment. */
const fetchTriesMax = 6
const betweenTriesMs = 120
/** A remote that prepares or sends something says how far it is. */
const silentMsMax = 60_000

/** What git says when it lost a ref, or the packed list of refs, to another process. */
const contended =
  /cannot lock ref|Unable to create '.*\.lock'|File exists|incorrect old value|could not (?:delete|lock)|shallow file has changed/

/**
 * Brings branches and tags into a bare mirror, exactly as the remote has them. Several processes may do so on one
 * mirror: who loses a ref to another tries again.
 */
export async function fetchMirror(call: RemoteCall): Promise<void> {
  const request = {
    silentMsMax,
    ...call,
    args: [
      'fetch',
      '--prune',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-auto-gc',
      '--verbose',
      '--progress',
      '--',
      call.remote,
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
    ],
  }
  const result = await whileContended(request)
  if (result.exitCode !== 0) throw remoteFailed(request, result)
}

/**
 * One more ref, kept beside branches and tags, so that the next fetch of those leaves it alone.
 *
 * @throws ConductError GIT_REF_INVALID, REMOTE_UNREACHABLE: silent, or it has no such ref
 */
export async function fetchRef(call: RemoteCall, ref: string): Promise<CommitId> {
  requireFullRef(ref)
  const kept = `refs/conduct/${ref.slice('refs/'.length)}`
  const options = ['--no-tags', '--no-write-fetch-head', '--no-auto-gc', '--verbose']
  const request = { ...call, args: ['fetch', ...options, '--', call.remote, `+${ref}:${kept}`] }
  const result = await whileContended(request)
  if (result.exitCode !== 0) throw remoteFailed(request, result)
  const { cwd, timeoutMs, signal } = call
  return toCommitId(
    (await requireGit({ cwd, timeoutMs, signal, args: ['rev-parse', '--verify', kept] })).trim(),
  )
}

/** Runs a fetch, again while it loses a lock to another process. */
export async function whileContended(request: RemoteCall & GitCall): Promise<GitResult> {
  for (let tried = 1; ; tried += 1) {
    const result = await runRemote(request)
    const isOver = tried === fetchTriesMax || !contended.test(result.stderr)
    if (result.exitCode === 0 || isOver) return result
    await delay(betweenTriesMs * tried, undefined, { signal: request.signal })
  }
}
