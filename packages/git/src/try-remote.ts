import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isConductError } from '@conduct/core'
import { complaintIn } from './complaint.ts'
import { type RemoteCall, requireRemote, runRemote, showRemote } from './remote.ts'
import { requireGit } from './run-git.ts'
import { signatureEnv } from './worktree.ts'

/** `silent`: nothing answered, so that asking again later may help. */
export type RemoteAnswer =
  | { readonly answer: 'yes'; readonly tookMs: number; readonly detail: string }
  | { readonly answer: 'no'; readonly reason: string }
  | { readonly answer: 'silent'; readonly reason: string }

/** What a remote would let us do. Nothing is ever written there. */
export interface RemoteTrial extends AsyncDisposable {
  /** Lists its branches. */
  readonly read: (remote: string) => Promise<RemoteAnswer>
  /**
   * Asks for the right to push, as a push does, and ends before it sends anything. What a hook or a protected branch
   * says of one push, only that push tells.
   */
  readonly push: (remote: string) => Promise<RemoteAnswer>
}

/**
 * @param options.timeoutMs of one question.
 * @throws ConductError GIT_FAILED  git itself cannot be run here. Per question: GIT_REMOTE_INVALID.
 */
export async function openRemoteTrial(options: {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}): Promise<RemoteTrial> {
  const cwd = await mkdtemp(join(tmpdir(), 'conduct-trial-'))
  const here = (args: readonly string[]) => ({ cwd, args, ...options })
  const remove = () => rm(cwd, { recursive: true, force: true, maxRetries: 3 })
  let commit: string
  try {
    await requireGit(here(['init', '--quiet', '--bare', '--template=', '--', cwd]))
    const tree = (await requireGit(here(['hash-object', '-w', '-t', 'tree', '/dev/null']))).trim()
    const env = signatureEnv({ name: 'conduct', email: 'conduct@localhost', wallMs: Date.now() })
    commit = (
      await requireGit({ ...here(['commit-tree', '--no-gpg-sign', '-m', 'never pushed', tree]), env })
    ).trim()
  } catch (error) {
    await remove()
    throw error
  }
  const ref = `refs/heads/conduct/doctor-${randomUUID().slice(0, 8)}`
  const dryRun = ['push', '--dry-run', '--porcelain', '--no-verify', '--no-follow-tags']
  return {
    read: (remote) =>
      ask({ cwd, remote, ...options }, ['ls-remote', '--quiet', '--heads', '--', remote], branchesText),
    push: (remote) =>
      ask({ cwd, remote, ...options }, [...dryRun, '--', remote, `${commit}:${ref}`], () => ''),
    [Symbol.asyncDispose]: remove,
  }
}

function branchesText(stdout: string): string {
  const count = stdout.split('\n').filter((line) => line !== '').length
  return `${count} ${count === 1 ? 'branch' : 'branches'}`
}

async function ask(
  call: RemoteCall,
  args: readonly string[],
  describe: (stdout: string) => string,
): Promise<RemoteAnswer> {
  requireRemote(call.remote)
  const startedMs = performance.now()
  try {
    const result = await runRemote({ ...call, args })
    const tookMs = performance.now() - startedMs
    if (result.exitCode === 0) return { answer: 'yes', tookMs, detail: describe(result.stdout) }
    const reason = reasonIn(result.stderr, call.remote)
    return { answer: refusal.test(result.stderr) ? 'no' : 'silent', reason }
  } catch (error) {
    if (!isConductError(error, 'REMOTE_UNREACHABLE')) throw error
    return { answer: 'silent', reason: error.message.replace(`${showRemote(call.remote)}: `, '') }
  }
}

/** How servers and git say that somebody is there who says no, to us or to anybody. */
const refusal =
  /\b(?:401|403|404)\b|denied|not allowed|forbidden|unauthori[sz]ed|read-only|could not read (?:username|password)|authentication failed|host key verification failed|service not enabled|not exported|archived|repository .*not found|does not appear to be a git repository|does not exist/i

/** What the server says of itself tells more than git's last word. */
function reasonIn(stderr: string, remote: string): string {
  const lines = stderr.split('\n')
  const spoken = lines.flatMap((line) => /^(?:remote: |ERROR: )(.*\S)/.exec(line)?.[1] ?? [])
  const own = complaintIn(stderr).replace(/^fatal: /, '')
  return [...new Set([...spoken, own])].join('; ').replaceAll(remote, showRemote(remote))
}
