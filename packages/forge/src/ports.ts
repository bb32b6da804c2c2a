import type { CommitId } from '@conduct/core'
import type { ForgeIdentity, RepoAccess } from './ports/identity.ts'
import type { AddComment, OpenIssue, Request, Thread, WriteComment, WrittenComment } from './ports/issue.ts'
import type {
  MergeOutcome,
  MergePullRequest,
  OfferedPullRequest,
  OpenOutcome,
  OpenPullRequest,
  PullRequest,
  PullRequestFromElsewhere,
  PullRequestIdentity,
  PullRequestWatch,
  WatchPullRequest,
} from './ports/pull-request.ts'
import type {
  BlockingItem,
  Deployment,
  RecordDeployment,
  WriteCommitStatus,
  WriteDeploymentState,
} from './ports/records.ts'
import type { AmendRelease, CreateRelease, Release, ReleaseOutcome } from './ports/release.ts'
import type { Remark } from './ports/remarks.ts'
import type { BranchRules } from './ports/rules.ts'
import type { ForgeUsage, LimitLeft } from './ports/usage.ts'
import type { WorkItem, WriteWorkItem } from './ports/work-item.ts'
import type { AwaitedVerdict, CommitVerdict } from './ports/verdict.ts'
import type {
  DispatchOutcome,
  DispatchWorkflow,
  RunWatch,
  WorkflowRun,
  WorkflowState,
} from './ports/workflow.ts'
import type { Reading } from './reading.ts'

/**
 * A forge, as the conductor sees it; nothing here names a product.
 *
 * Promise: a look never throws for what the forge did or failed to do, it is `unknown` with a reason. A change
 * either has an outcome that was read back, or throws; after a throw the same call is safe, since it looks first.
 * No message, detail or cause holds a credential.
 * Left to others: pushing branches (git), judging what workflows contain at a commit beyond `workflowProblem`.
 */
export interface Forge {
  /** `github.com`, or the name of an own server. */
  readonly host: string
  identity(): Promise<Reading<ForgeIdentity>>
  repository(owner: string, name: string): ForgeRepository
  /** How many requests went out, per endpoint. */
  readonly calls: ReadonlyMap<string, number>
  /** The same per repository, as far as it was asked. */
  usage(): readonly ForgeUsage[]
  /** Requests that it grants us in an hour; null: it has not said. */
  limitPerHour(): number | null
  /** Null: it has not said. */
  limitLeft(): LimitLeft | null
}

export interface ForgeRepository
  extends Verdicts, Rules, PullRequests, Workflows, ForgeRecords, Releases, Conversation, WorkItems {
  readonly fullName: string
}

interface Verdicts {
  /** @param options.branch whose required checks and history say what could judge the commit */
  readVerdict(options: { readonly commit: CommitId; readonly branch: string }): Promise<CommitVerdict>
  /** Asks until it is green or red, or the time is up. */
  awaitVerdict(options: {
    readonly commit: CommitId
    readonly branch: string
    readonly withinMs: number
  }): Promise<AwaitedVerdict>
}

interface Rules {
  readAccess(): Promise<Reading<RepoAccess>>
  readRules(branch: string): Promise<Reading<BranchRules>>
  /** Open issues and pull requests with the label; none is `present` and empty. */
  readBlocking(label: string): Promise<Reading<readonly BlockingItem[]>>
}

interface PullRequests {
  findPullRequest(options: PullRequestIdentity): Promise<Reading<PullRequest>>
  /** Open ones from branches of this repository whose name begins so. */
  readOpenPullRequests(headPrefix: string): Promise<Reading<readonly OfferedPullRequest[]>>
  readPullRequestsFromElsewhere(): Promise<Reading<readonly PullRequestFromElsewhere[]>>
  openPullRequest(options: OpenPullRequest): Promise<OpenOutcome>
  readPullRequest(number: number): Promise<Reading<PullRequest>>
  watchPullRequest(options: WatchPullRequest): Promise<PullRequestWatch>
  mergePullRequest(options: MergePullRequest): Promise<MergeOutcome>
  /** Closes it unmerged; one that is closed stays so. Its branch stays. */
  closePullRequest(number: number): Promise<void>
  /** For a branch that merges through a queue only. */
  enqueuePullRequest(options: Omit<MergePullRequest, 'method' | 'title'>): Promise<MergeOutcome>
}

interface Workflows {
  readWorkflow(file: string): Promise<Reading<WorkflowState>>
  dispatchWorkflow(options: DispatchWorkflow): Promise<DispatchOutcome>
  /** The one run that shows the id in its name; several are `unknown`. */
  findWorkflowRun(options: {
    readonly file: string
    readonly conductRun: string
  }): Promise<Reading<WorkflowRun>>
  watchWorkflowRun(options: { readonly id: number; readonly withinMs: number }): Promise<RunWatch>
}

interface Releases {
  readRelease(tag: string): Promise<Reading<Release>>
  createRelease(options: CreateRelease): Promise<ReleaseOutcome>
  amendRelease(options: AmendRelease): Promise<Release>
}

interface ForgeRecords {
  writeCommitStatus(options: WriteCommitStatus): Promise<void>
  recordDeployment(options: RecordDeployment): Promise<Deployment>
  writeDeploymentState(options: WriteDeploymentState): Promise<void>
}

interface WorkItems {
  readWorkItem(number: number): Promise<Reading<WorkItem>>
  readOpenWorkItems(): Promise<Reading<readonly WorkItem[]>>
  writeWorkItem(wanted: WriteWorkItem): Promise<WorkItem>
}

interface Conversation {
  /** Comments, and for a pull request reviews, oldest first. */
  readRemarks(options: {
    readonly number: number
    readonly kind: 'issue' | 'pull_request'
  }): Promise<Reading<readonly Remark[]>>
  /** An issue or a pull request by its number. */
  readThread(number: number): Promise<Reading<Thread>>
  /** The issue that carries the marker. */
  findIssue(marker: string): Promise<Reading<Thread>>
  openIssue(options: OpenIssue): Promise<Thread>
  closeIssue(number: number): Promise<void>
  findComment(options: Pick<AddComment, 'number' | 'marker'>): Promise<Reading<Request>>
  addComment(options: AddComment): Promise<Request>
  /** One comment per marker, of our own, which says what is said last. */
  writeComment(options: WriteComment): Promise<WrittenComment>
}
