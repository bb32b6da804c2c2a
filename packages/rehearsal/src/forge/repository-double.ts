import { type CommitId, toCommitId } from '@conduct/core'
import type { BareRepository } from './bare-repository.ts'
import { ciApp } from './ci.ts'
import { headOf, mergePull } from './pull-state.ts'
import type {
  Ci,
  Comment,
  Protection,
  ReleaseRecord,
  Repository,
  Review,
  Rule,
  State,
  Workflow,
} from './state.ts'

/** One repository at the double, and the other people and machines that work in it. */
export interface RepositoryDouble {
  /** For git: pushes and fetches go straight to the bare repository, past nothing but its hook. */
  readonly url: string
  readonly records: Repository
  commit(branch: string, files: Readonly<Record<string, string>>): Promise<CommitId>
  head(branch: string): Promise<CommitId>
  /** A branch with one commit on top of another, as a push leaves it. */
  branch(
    name: string,
    options: { readonly from: string; readonly files: Readonly<Record<string, string>> },
  ): Promise<CommitId>
  protect(branch: string, protection: Protection): Promise<void>
  addRule(
    branch: string,
    rule: Pick<Rule, 'type' | 'parameters'> & { readonly bypass?: Rule['bypass'] },
  ): Promise<void>
  /** @param conclusion null: it has begun and not reported */
  report(commit: string, name: string, conclusion: string | null, appId?: number): void
  status(commit: string, context: string, state: string): void
  /** From now on a machine judges every commit; null: nobody does. */
  setCi(ci: Ci | null): void
  /** An open pull request from a fork: its commit is here under `refs/pull/`, and on no branch. */
  addPullFromFork(options: {
    readonly from: string
    readonly files: Readonly<Record<string, string>>
    readonly updatedAt?: string
  }): Promise<number>
  addIssue(title: string, labels: readonly string[]): number
  comment(number: number, comment: Pick<Comment, 'login' | 'body'> & Partial<Comment>): void
  review(number: number, review: Pick<Review, 'login' | 'body' | 'state'> & Partial<Review>): void
  /** A release that somebody else made. */
  addRelease(tag: string, release?: Partial<ReleaseRecord>): void
  addWorkflow(file: string, workflow?: Partial<Workflow>): void
  setRun(id: number, status: string, conclusion: string | null): void
  closePull(number: number): Promise<void>
  mergePull(number: number): Promise<CommitId>
  /** The queue's next move: it begins with the first in line, then merges it, or lets it go when its checks failed. */
  advanceQueue(options?: { readonly checks: 'pass' | 'fail' }): Promise<void>
}

export function repositoryDouble(options: {
  readonly state: State
  readonly owner: string
  readonly name: string
  readonly git: BareRepository
}): RepositoryDouble {
  const { state, owner, name, git } = options
  const records: Repository = {
    owner,
    name,
    git,
    isArchived: false,
    ci: null,
    access: new Map(),
    protection: new Map(),
    rules: [],
    reports: [],
    statuses: [],
    pulls: [],
    issues: [],
    comments: [],
    reviews: [],
    workflows: [],
    runs: [],
    deployments: [],
    releases: [],
  }
  const protect = () =>
    git.protect([...records.protection.keys(), ...records.rules.map(({ branch }) => branch)])
  const time = () => new Date(state.nowS() * 1_000).toISOString()
  const pull = (number: number) => {
    const found = records.pulls.find((one) => one.number === number)
    if (found === undefined) throw new Error(`no pull request ${number}`)
    return found
  }
  return {
    url: `file://${git.path}`,
    records,
    commit: async (branch, files) =>
      toCommitId(await git.commit({ branch, files, message: `change ${Object.keys(files).join(', ')}` })),
    async head(branch) {
      const head = await git.head(branch)
      if (head === null) throw new Error(`no branch ${branch}`)
      return toCommitId(head)
    },
    branch: async (branch, { from, files }) =>
      toCommitId(await git.commit({ branch, from, files, message: `adopt on ${branch}` })),
    async protect(branch, protection) {
      records.protection.set(branch, protection)
      await protect()
    },
    async addRule(branch, { bypass = 'never', ...rule }) {
      records.rules.push({ branch, bypass, rulesetId: state.nextId(), ...rule })
      await protect()
    },
    report: (commit, check, conclusion, appId = ciApp) => {
      const status = conclusion === null ? 'in_progress' : 'completed'
      records.reports.push({ commit, name: check, status, conclusion, appId })
    },
    status: (commit, context, said) => {
      records.statuses.push({
        id: state.nextId(),
        commit,
        context,
        state: said,
        description: null,
        targetUrl: null,
      })
    },
    setCi: (ci) => {
      records.ci = ci
    },
    async addPullFromFork({ from, files, updatedAt = time() }) {
      const number = state.nextId()
      const start = (await git.head('main')) ?? ''
      const head = await git.commitForPull({ number, from: start, files, message: `change of ${from}` })
      records.pulls.push({
        number,
        base: 'main',
        headBranch: 'patch-1',
        title: `change of ${from}`,
        body: '',
        author: from.replace(/\/.*/, ''),
        from,
        updatedAt,
        state: 'open',
        head,
        mergeCommit: null,
        queue: null,
        askedFor: '',
      })
      return number
    },
    addIssue(title, labels) {
      const number = state.nextId()
      records.issues.push({ number, title, labels, state: 'open', body: '', login: 'ghost', at: time() })
      return number
    },
    comment: (number, comment) => {
      records.comments.push({
        id: state.nextId(),
        number,
        isBot: false,
        at: time(),
        editedAt: null,
        ...comment,
      })
    },
    review: (number, review) => {
      records.reviews.push({
        id: state.nextId(),
        number,
        isBot: false,
        at: time(),
        editedAt: null,
        commit: null,
        ...review,
      })
    },
    addRelease: (tag, release = {}) => {
      records.releases.push({
        id: state.nextId(),
        tag,
        target: 'main',
        author: 'bob',
        isDraft: false,
        at: time(),
        title: tag,
        body: '',
        isPrerelease: false,
        ...release,
      })
    },
    addWorkflow: (file, workflow = {}) => {
      records.workflows.push({
        id: state.nextId(),
        file,
        state: 'active',
        inputs: ['conduct_run', 'version'],
        runName: (inputs) => `deploy ${String(inputs['conduct_run'])}`,
        showsAfter: 0,
        ...workflow,
      })
    },
    setRun(id, status, conclusion) {
      const run = records.runs.find((one) => one.id === id)
      if (run === undefined) throw new Error(`no run ${id}`)
      Object.assign(run, { status, conclusion })
    },
    async closePull(number) {
      const closed = pull(number)
      closed.head = await headOf(records, closed)
      closed.state = 'closed'
      closed.queue = null
    },
    async mergePull(number) {
      const commit = await mergePull(records, pull(number), 'merge')
      if (commit === null) throw new Error(`pull request ${number} does not merge`)
      return toCommitId(commit)
    },
    async advanceQueue({ checks } = { checks: 'pass' }) {
      const first = records.pulls.find(({ queue }) => queue !== null)
      if (first?.queue === undefined || first.queue === null) return
      if (first.queue.state === 'QUEUED') first.queue = { ...first.queue, state: 'AWAITING_CHECKS' }
      else if (checks === 'fail' || (await headOf(records, first)) !== first.queue.head) first.queue = null
      else await mergePull(records, first, 'merge')
    },
  }
}
