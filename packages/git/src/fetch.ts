import { setTimeout as delay } from 'node:timers/promises'
import { type RemoteCall, remoteFailed, runRemote } from './remote.ts'
import type { GitResult } from './run-git.ts'

/** Tries of one fetch when another process moves the same refs at the same moment. */
const fetchTriesMax = 6
const betweenTriesMs = 120
/** What git says when it lost a ref, or the packed list of refs, to another process. */
const contended =
  /cannot lock ref|Unable to create '.*\.lock'|File exists|incorrect old value|could not (?:delete|lock)/

/**
 * Brings branches and tags into a bare mirror, exactly as the remote has them. Several processes may do so on one
 * mirror: who loses a ref to another tries again.
 */
export async function fetchMirror(call: RemoteCall): Promise<void> {
  const request = {
    ...call,
    args: [
      'fetch',
      '--prune',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-auto-gc',
      // simple-git waits a moment longer for a command that says nothing.
      '--verbose',
      '--',
      call.remote,
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
    ],
  }
  for (let tried = 1; ; tried += 1) {
    const result: GitResult = await runRemote(request)
    if (result.exitCode === 0) return
    if (tried === fetchTriesMax || !contended.test(result.stderr)) throw remoteFailed(request, result)
    await delay(betweenTriesMs * tried, undefined, { signal: call.signal })
  }
}
