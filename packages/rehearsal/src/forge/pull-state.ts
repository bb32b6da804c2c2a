import { type Pull, type Repository, needsQueue, requiredOn } from './state.ts'

/** Where an open pull request stands: computed from git, reports and rules at the moment of asking. */
export interface PullState {
  readonly head: string
  readonly isMergeable: boolean
  readonly mergeState: 'clean' | 'unstable' | 'blocked' | 'behind' | 'dirty'
  /** The sentence of a 405; null: it can be merged. */
  readonly objection: string | null
}

export async function pullState(repository: Repository, pull: Pull): Promise<PullState> {
  const head = await headOf(repository, pull)
  const base = (await repository.git.head(pull.base)) ?? ''
  if (!(await repository.git.canMerge(base, head))) {
    return { head, isMergeable: false, mergeState: 'dirty', objection: 'Pull Request is not mergeable' }
  }
  const blocked = (objection: string): PullState => ({
    head,
    isMergeable: true,
    mergeState: 'blocked',
    objection,
  })
  const protection = repository.protection.get(pull.base)
  if (protection?.isLocked === true) return blocked('Cannot change this locked branch')
  for (const check of requiredOn(repository, pull.base)) {
    if (!hasPassed(repository, head, check))
      return blocked(`Required status check "${check.context}" is expected.`)
  }
  const approvals = new Set(
    repository.reviews
      .filter(({ number, state }) => number === pull.number && state === 'APPROVED')
      .map(({ login }) => login),
  )
  if (approvals.size < (protection?.reviews ?? 0)) {
    return blocked('At least 1 approving review is required by reviewers with write access.')
  }
  if (protection?.isStrict === true && !(await repository.git.isAncestor(base, head))) {
    return { ...blocked('Head branch is out of date.'), mergeState: 'behind' }
  }
  const isUnstable = repository.reports.some(
    ({ commit, conclusion }) => commit === head && conclusion !== 'success' && conclusion !== 'skipped',
  )
  const objection = needsQueue(repository, pull.base) ? 'Changes must be made through the merge queue' : null
  return { head, isMergeable: true, mergeState: isUnstable ? 'unstable' : 'clean', objection }
}

export async function headOf(repository: Repository, pull: Pull): Promise<string> {
  return pull.state === 'open' && pull.from === null
    ? ((await repository.git.head(pull.headBranch)) ?? pull.head)
    : pull.head
}

export async function mergePull(
  repository: Repository,
  pull: Pull,
  method: 'merge' | 'squash',
): Promise<string | null> {
  const head = await headOf(repository, pull)
  const message = `${pull.title} (#${pull.number})`
  const commit = await repository.git.merge({ branch: pull.base, head, method, message })
  if (commit === null) return null
  pull.head = head
  pull.state = 'closed'
  pull.mergeCommit = commit
  pull.queue = null
  return commit
}

function hasPassed(
  repository: Repository,
  commit: string,
  check: { readonly context: string; readonly appId: number | null },
): boolean {
  const run = repository.reports.findLast(
    (one) =>
      one.commit === commit &&
      one.name === check.context &&
      (check.appId === null || one.appId === check.appId),
  )
  const status = repository.statuses.findLast((one) => one.commit === commit && one.context === check.context)
  return ['success', 'neutral', 'skipped'].includes(run?.conclusion ?? '') || status?.state === 'success'
}
