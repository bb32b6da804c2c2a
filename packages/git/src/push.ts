import { setTimeout as delay } from 'node:timers/promises'
import type { PushOptions, PushOutcome } from './ports.ts'
import { requireFullRef } from './ref-name.ts'
import { type RemoteCall, listRemote, remoteFailed, runRemote } from './remote.ts'
import { type GitResult, lastLine, runGit } from './run-git.ts'

/** Tries while the remote says "locked" although the ref still stands where we expect it. */
const pushTriesMax = 4
const betweenTriesMs = 150

/**
 * Compare-and-set push: an explicit expected object id (never the local tracking ref), judged by porcelain output
 * and, whenever that is not a plain success, by what the remote has.
 */
export async function pushWithLease(call: RemoteCall, options: PushOptions): Promise<PushOutcome> {
  requireFullRef(options.ref)
  const isBranch = options.ref.startsWith('refs/heads/')
  if (isBranch && options.expect !== null && !(await descends(call, options.expect, options.source))) {
    const reason = `${options.source} does not descend from ${options.expect}: that would drop somebody's commits`
    return { outcome: 'refused', reason, isProtected: false }
  }
  const request = {
    ...call,
    args: [
      'push',
      '--porcelain',
      '--no-verify',
      '--no-follow-tags',
      `--force-with-lease=${options.ref}:${options.expect ?? ''}`,
      '--',
      call.remote,
      `${options.source}:${options.ref}`,
    ],
  }
  for (let tried = 1; ; tried += 1) {
    const result = await runRemote(request)
    const line = porcelainLine(result.stdout, options.ref)
    if (result.exitCode === 0 && line !== null && line.flag !== '=' && line.flag !== '!')
      return { outcome: 'pushed' }
    if (line === null && !/\[remote rejected\]|\[rejected\]/.test(result.stdout)) {
      if (result.exitCode !== 0 && !lockLost.test(result.stderr)) throw remoteFailed(request, result)
    }
    const actual = (await listRemote(call, [options.ref])).get(options.ref) ?? null
    if (actual !== options.expect) return { outcome: 'lost', actual }
    // The ref stood where we expected it and is our own object: nothing had to move.
    if (line?.flag === '=') return { outcome: 'pushed' }
    const isLock = lockLost.test(`${line?.summary ?? ''}\n${result.stderr}`)
    if (!isLock || tried === pushTriesMax) return refused(result, line)
    await delay(betweenTriesMs * tried, undefined, { signal: call.signal })
  }
}

const lockLost =
  /cannot lock ref|failed to update ref|atomic transaction failed|failed to lock|incorrect old value/
const protectedWords =
  /protected branch|GH006|GH013|not allowed to push|rule violations|only be modified through pull requests/i

interface PorcelainLine {
  readonly flag: string
  readonly summary: string
}

/** `<flag>\t<from>:<to>\t<summary>`; the line of one ref. */
function porcelainLine(stdout: string, ref: string): PorcelainLine | null {
  for (const text of stdout.split('\n')) {
    const [flag, refs, summary] = text.split('\t')
    if (flag?.length === 1 && refs?.endsWith(`:${ref}`) === true) return { flag, summary: summary ?? '' }
  }
  return null
}

function refused(result: GitResult, line: PorcelainLine | null): PushOutcome {
  const spoken = result.stderr
    .split('\n')
    .filter((text) => text.startsWith('remote: '))
    .map((text) => text.slice('remote: '.length).trim())
    .filter((text) => text !== '')
  const reason = [line?.summary ?? lastLine(result.stderr), ...spoken]
    .filter((text) => text !== '')
    .join('; ')
  return { outcome: 'refused', reason, isProtected: protectedWords.test(reason) }
}

async function descends(call: RemoteCall, ancestor: string, commit: string): Promise<boolean> {
  // No common commit, or the expected object is not even here: then nothing here descends from it.
  const base = await runGit({ ...call, args: ['merge-base', ancestor, commit] })
  return base.exitCode === 0 && base.stdout.trim() === ancestor
}
