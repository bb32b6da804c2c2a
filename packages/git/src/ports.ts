import type { CommitId } from '@conduct/core'

/**
 * Git as the conductor sees it: one private bare mirror per remote, worktrees at frozen commits, pushes that
 * compare. The user's checkout is only ever looked at.
 *
 * Errors of every call: REMOTE_UNREACHABLE (30), GIT_FAILED (1) with both streams in `details`,
 * GIT_REF_INVALID (2) for a name that is no valid branch or tag or could start an option.
 */
export interface MirrorOptions {
  /** Folder that holds all mirrors, one bare repository per remote. */
  readonly cacheDir: string
  readonly remote: string
  /** Of whatever git does here; a question to the remote is given up sooner. */
  readonly timeoutMs: number
  /** Of a fetch that hears nothing; default: a minute. */
  readonly silentMsMax?: number
  readonly signal?: AbortSignal
}

export interface ListedFile {
  readonly path: string
  /** A file, no link, with its executable bit set. */
  readonly isExecutable: boolean
}

export interface Mirror {
  readonly remote: string
  readonly path: string
  /** Brings branches and tags of the remote; safe with several processes on one mirror. */
  fetch(): Promise<void>
  /** Brings one ref that is neither branch nor tag (the head of a pull request from elsewhere); its commit. */
  fetchRef(ref: string): Promise<CommitId>
  /** Asks the remote itself, never the mirror: ref name (full) → object id; peeled `refs/tags/x^{}` included. */
  listRemote(patterns?: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** Head of a branch at the remote now, or null when the branch does not exist. */
  remoteHead(branch: string): Promise<CommitId | null>
  /** A tag at the remote now: the commit it stands for (peeled), or null. */
  remoteTag(tag: string): Promise<CommitId | null>
  /** The remote's default branch, from its HEAD. */
  defaultBranch(): Promise<string | null>
  /** Head of a branch as fetched, or null when there is none. */
  branchHead(branch: string): Promise<CommitId | null>
  /**
   * Branches as fetched, newest commit first. `committedAt` in milliseconds since 1970.
   *
   * @param options.notIn leaves out those whose commit this one holds already.
   */
  branches(options?: {
    readonly notIn?: CommitId
  }): Promise<readonly { readonly name: string; readonly commit: CommitId; readonly committedAt: number }[]>
  /** Text of a file at a commit, or null when there is none. */
  readFile(commit: CommitId, path: string): Promise<string | null>
  /** Paths at a commit, from the top, optionally only those below or equal to one of `under`. */
  listFiles(commit: CommitId, under?: readonly string[]): Promise<readonly string[]>
  /** Every file at a commit, with what git keeps beside its path. */
  listEntries(commit: CommitId): Promise<readonly ListedFile[]>
  isAncestor(ancestor: CommitId, descendant: CommitId): Promise<boolean>
  changedPaths(base: CommitId, head: CommitId): Promise<readonly string[]>
  /** A private, detached worktree; disposing removes it. Hooks are off in it. */
  worktree(commit: CommitId): Promise<Worktree>
  /**
   * Compare-and-set push of one commit or tag object.
   * @returns `pushed`; `lost` when the ref was not at `expect` (read again); `refused` when the remote says no
   *   for another reason (protected branch, hook), with its words. A null `expect` means: must not exist.
   */
  push(options: PushOptions): Promise<PushOutcome>
  /** Another remote that commits of this mirror are pushed to (a platform that deploys what it is sent). */
  readonly elsewhere: Elsewhere
  /**
   * A commit in the mirror that takes one commit back: on top of it, with the files of its first parent. The same
   * input gives the same commit; push it with `push`.
   */
  createRevert(options: {
    readonly commit: CommitId
    readonly message: string
    readonly author: Signature
  }): Promise<CommitId>
  /** First parent of a commit; null for the first one of all. */
  parentOf(commit: CommitId): Promise<CommitId | null>
  /** An annotated tag object in the mirror; push it with `push`. The same input gives the same object. */
  createTag(options: {
    readonly name: string
    readonly commit: CommitId
    readonly message: string
    readonly tagger: Signature
  }): Promise<string>
}

/** Errors of both, too: GIT_REMOTE_INVALID, the address could be taken for an option or a command. */
export interface Elsewhere {
  remoteHead(remote: string, branch: string): Promise<CommitId | null>
  push(remote: string, options: PushOptions): Promise<PushOutcome>
}

export interface PushOptions {
  /** Object id to push; null deletes the ref, which must stand at `expect` and be the caller's own. */
  readonly source: string | null
  /** Full ref name, `refs/heads/main`. */
  readonly ref: string
  readonly expect: string | null
  /**
   * The way back of a branch that deploys what it is sent: `source` is an ancestor of `expect`, and exactly `expect`
   * is what has to be there, so that only what we sent ourselves is dropped. Never for a branch that people commit to.
   */
  readonly isRewind?: boolean
  /**
   * The commits at `expect` are the caller's own, and may be replaced by others. Absent: a branch only ever moves
   * forward, so that nobody's commits are dropped.
   */
  readonly replacesOwn?: boolean
  readonly signal?: AbortSignal
}

export type PushOutcome =
  | { readonly outcome: 'pushed' }
  | { readonly outcome: 'lost'; readonly actual: string | null }
  | { readonly outcome: 'refused'; readonly reason: string; readonly isProtected: boolean }

/** Who and when; fixed values make the commit reproducible. */
export interface Signature {
  readonly name: string
  readonly email: string
  /** Milliseconds since 1970. */
  readonly wallMs: number
}

export interface Worktree extends AsyncDisposable {
  readonly path: string
  readonly commit: CommitId
  /** Paths that differ from the commit, untracked (not ignored) included. */
  changedPaths(): Promise<readonly string[]>
  /** The unified diff of those paths against the commit. */
  diff(): Promise<string>
  /** Commits exactly `paths`; hooks off. The same tree, parent, message and signature give the same id. */
  commitPaths(options: {
    readonly paths: readonly string[]
    readonly message: string
    readonly author: Signature
  }): Promise<CommitId>
}

/** What a declared local checkout looks like; read only, never locks its index (`GIT_OPTIONAL_LOCKS=0`). */
export interface CheckoutState {
  readonly branch: string | null
  readonly head: CommitId | null
  /** Changed and untracked paths. */
  readonly dirtyPaths: readonly string[]
  readonly inProgress: 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'bisect' | null
  /** Commits on `main` here that the given remote head does not have. */
  readonly unpushedCommits: number
  readonly stashesOnMain: number
}
