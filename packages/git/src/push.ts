import { setTimeout as delay } from 'node:timers/promises'
import { parentOfCommit } from './git-object.ts'
import { openObjectDatabase } from './object-database.ts'
import type { PushOptions, PushOutcome } from './ports.ts'
import { requireFullRef } from './ref-name.ts'
import { type RemoteCall, listRemote, remoteFailed, runRemote } from './remote.ts'
import { complaintIn } from './complaint.ts'
import { type GitResult, runGit } from './run-git.ts'

/** One push; a hook at the other side may think for a while. */
const pushMsMax = 120_000
/** Tries while the remote says "locked" although the ref still stands where we expect it. */
const pushTriesMax = 4
const betweenTriesMs = 150

/**
 * Compare-and-set push: an explicit expected object id (never the local tracking ref), judged by porcelain output
 * and, whenever that is not a plain success, by what the remote has.
 */
export async function pushWithLease(call: RemoteCall, options: PushOptions): Promise<PushOutcome> {
  requireFullRef(options.ref)
  const { source } = options
  if (source === null && (options.expect === null || options.replacesOwn !== true)) {
    throw new Error('invariant broken: only a ref of the caller that stands somewhere is deleted')
  }
  const isBranch = options.ref.startsWith('refs/heads/')
  if (source !== null && isBranch && options.replacesOwn !== true && options.expect !== null) {
    const [older, newer] = options.isRewind === true ? [source, options.expect] : [options.expect, source]
    if (!(await descends(call, older, newer))) {
      const reason = `${newer} does not descend from ${older}: that would drop somebody's commits`
      return { outcome: 'refused', reason, isProtected: false }
    }
  }
  for (let tried = 1; ; tried += 1) {
    const sent = await sendPush(call, options)
    if (sent.outcome === 'pushed') return sent
    const actual = (await listRemote(call, [options.ref])).get(options.ref) ?? null
    if (actual !== options.expect) return { outcome: 'lost', actual }
    // The ref stood where we expected it and is our own object: nothing had to move.
    if (sent.outcome === 'up_to_date') return { outcome: 'pushed' }
    const { reason, isProtected } = sent
    if (sent.outcome === 'refused' || tried === pushTriesMax)
      return { outcome: 'refused', reason, isProtected }
    await delay(betweenTriesMs * tried, undefined, { signal: call.signal })
  }
}

/** What the remote said to one push, before anybody looked whether that is the whole truth. */
export type SentPush =
  | { readonly outcome: 'pushed' }
  /** The ref is that very object already, whatever was expected. */
  | { readonly outcome: 'up_to_date' }
  /** `lost`: stale, or its lock was taken; read again. `refused`: any other no. */
  | { readonly outcome: 'lost' | 'refused'; readonly reason: string; readonly isProtected: boolean }

/**
 * One push with an explicit expected object id (empty: must not exist).
 *
 * @throws ConductError REMOTE_UNREACHABLE  it may have been applied, or may still be.
 */
export async function sendPush(call: RemoteCall, options: PushOptions): Promise<SentPush> {
  const request = {
    ...call,
    timeoutMs: Math.min(call.timeoutMs, pushMsMax),
    args: [
      'push',
      '--porcelain',
      '--no-verify',
      '--no-follow-tags',
      `--force-with-lease=${options.ref}:${options.expect ?? ''}`,
      '--',
      call.remote,
      `${options.source ?? ''}:${options.ref}`,
    ],
  }
  const result = await runRemote(request)
  const line = porcelainLine(result.stdout, options.ref)
  if (result.exitCode === 0 && line !== null && line.flag !== '!') {
    return { outcome: line.flag === '=' ? 'up_to_date' : 'pushed' }
  }
  const isLock = lockLost.test(`${line?.summary ?? ''}\n${result.stderr}`)
  const isAnswered =
    line === null ? /\[remote rejected\]|\[rejected\]/.test(result.stdout) : !isNoAnswer(line)
  if (!isAnswered && result.exitCode !== 0 && !isLock) throw remoteFailed(request, result)
  const isLost = isLock || line?.summary.includes('(stale info)') === true
  return { outcome: isLost ? 'lost' : 'refused', ...said(result, line) }
}

const lockLost =
  /cannot lock ref|failed to update ref|atomic transaction failed|failed to lock|incorrect old value/
/** The connection ended before the remote said what it did with the ref, or it stumbled over itself. */
function isNoAnswer({ summary }: PorcelainLine): boolean {
  return /\[remote failure\]|internal server error|timed? ?out|try again|unreachable|unavailable/i.test(
    summary,
  )
}

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

function said(result: GitResult, line: PorcelainLine | null): { reason: string; isProtected: boolean } {
  const spoken = result.stderr
    .split('\n')
    .filter((text) => text.startsWith('remote: '))
    .map((text) => text.slice('remote: '.length).trim())
    .filter((text) => text !== '')
  const reason = [line?.summary ?? complaintIn(result.stderr), ...spoken]
    .filter((text) => text !== '')
    .join('; ')
  return { reason, isProtected: protectedWords.test(reason) }
}

async function descends(call: RemoteCall, ancestor: string, commit: string): Promise<boolean> {
  // What was made here a moment ago, right on top, is read off its file without a process.
  const made = await openObjectDatabase(call.cwd).readLoose(commit)
  if (made?.type === 'commit' && parentOfCommit(made.content) === ancestor) return true
  // No common commit, or the expected object is not even here: then nothing here descends from it.
  const base = await runGit({ ...call, args: ['merge-base', ancestor, commit] })
  return base.exitCode === 0 && base.stdout.trim() === ancestor
}
