import { type CommitId, ConductError, toCommitId } from '@conduct/core'
import { branchRef, tagRef } from './ref-name.ts'
import { complaintIn } from './complaint.ts'
import { type GitCall, type GitResult, GitTimeout, gitFailed, runGit } from './run-git.ts'

export interface RemoteCall {
  readonly cwd: string
  readonly remote: string
  readonly timeoutMs: number
  /** Of a transfer; see `GitCall`. */
  readonly silentMsMax?: number
  readonly signal?: AbortSignal | undefined
}

/** A remote that has not listed its refs by then is not going to. */
const questionMsMax = 30_000

/** A short question: it never waits as long as a transfer may. */
function question({ cwd, remote, signal, ...call }: RemoteCall): RemoteCall {
  return { cwd, remote, signal, timeoutMs: Math.min(call.timeoutMs, questionMsMax) }
}

/** Failures that are ours (disk, locks), not the remote's silence. */
const localFailure =
  /No space left|Unable to create '.*\.lock'|cannot lock ref|unable to write|Permission denied .*objects|not a git repository \(or any|is corrupt|object file .* is empty|bad object|did not send all necessary objects|unable to (?:read|parse)|Could not read [0-9a-f]{40}/

/** Runs a git command that talks to the remote. @throws ConductError REMOTE_UNREACHABLE, GIT_FAILED */
export async function runRemote(call: GitCall & { readonly remote: string }): Promise<GitResult> {
  try {
    return await runGit(call)
  } catch (error) {
    if (!(error instanceof GitTimeout)) throw error
    throw unreachable(call.remote, `no answer: git ${error.why}`, error)
  }
}

/** Turns a failed exchange with a remote into an error. */
export function remoteFailed(call: GitCall & { readonly remote: string }, result: GitResult): ConductError {
  // What the other side says of itself comes with `remote: ` in front.
  const ours = result.stderr.split('\n').filter((line) => !line.startsWith('remote: '))
  if (ours.some((line) => localFailure.test(line))) return gitFailed(call, result)
  return unreachable(call.remote, complaintIn(result.stderr).replace('fatal: ', ''), undefined, result)
}

/** Asks the remote itself: full ref name → object id. */
export async function listRemote(
  call: RemoteCall,
  patterns: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const request = { ...question(call), args: ['ls-remote', '--quiet', '--', call.remote, ...patterns] }
  const result = await runRemote(request)
  if (result.exitCode !== 0) throw remoteFailed(request, result)
  return new Map(
    result.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [id = '', ref = ''] = line.split('\t')
        return [ref, id]
      }),
  )
}

export async function remoteHead(call: RemoteCall, branch: string): Promise<CommitId | null> {
  const ref = branchRef(branch)
  const id = (await listRemote(call, [ref])).get(ref)
  return id === undefined ? null : toCommitId(id)
}

export async function remoteTag(call: RemoteCall, tag: string): Promise<CommitId | null> {
  const ref = tagRef(tag)
  const refs = await listRemote(call, [ref, `${ref}^{}`])
  const id = refs.get(`${ref}^{}`) ?? refs.get(ref)
  return id === undefined ? null : toCommitId(id)
}

export async function defaultBranch(call: RemoteCall): Promise<string | null> {
  const request = {
    ...question(call),
    args: ['ls-remote', '--quiet', '--symref', '--', call.remote, 'HEAD'],
  }
  const result = await runRemote(request)
  if (result.exitCode !== 0) throw remoteFailed(request, result)
  return /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(result.stdout)?.[1] ?? null
}

/** An address that git cannot take for an option. @throws ConductError GIT_REMOTE_INVALID */
export function requireRemote(remote: string): void {
  if (remote !== '' && !remote.startsWith('-') && !remote.startsWith('ext::')) return
  throw new ConductError('GIT_REMOTE_INVALID', `${JSON.stringify(remote)} is no address of a git remote`)
}

/** The address without what may stand in it as a password. */
export function showRemote(remote: string): string {
  return remote.replace(/^([a-z+]+:\/\/)[^/@]*@/i, (_all, scheme: string) => scheme)
}

function unreachable(remote: string, reason: string, cause?: unknown, result?: GitResult): ConductError {
  return new ConductError(
    'REMOTE_UNREACHABLE',
    `${showRemote(remote)}: ${reason.replaceAll(remote, showRemote(remote))}`,
    {
      cause,
      ...(result === undefined
        ? {}
        : {
            details: {
              exitCode: result.exitCode,
              stderr: result.stderr.replaceAll(remote, showRemote(remote)),
            },
          }),
    },
  )
}
