import type { ForgeOptions } from '../open-forge.ts'
import type { Forge, ForgeRepository } from '../ports.ts'
import { type Reading, unknown } from '../reading.ts'
import { awaitVerdict, readVerdict } from './checks.ts'
import { type GithubClient, createClient } from './client.ts'
import { writeComment } from './comments.ts'
import { readIdentity } from './identity.ts'
import { addComment, closeIssue, findComment, findIssue, openIssue, readThread } from './issues.ts'
import { enqueuePullRequest } from './merge-queue.ts'
import { mergePullRequest } from './merge.ts'
import type { Place } from './place.ts'
import { readOpenPullRequests } from './open-pull-requests.ts'
import { readPullRequestsFromElsewhere } from './from-elsewhere.ts'
import { closePullRequest, findPullRequest, openPullRequest, readPullRequest } from './pull-requests.ts'
import { recordDeployment, writeCommitStatus, writeDeploymentState } from './records.ts'
import { amendRelease, createRelease, readRelease } from './releases.ts'
import { readRemarks } from './remarks.ts'
import { readAccess, readBlocking, readRules } from './rules.ts'
import { tokenSource } from './token-source.ts'
import { watchPullRequest } from './watch-pull-request.ts'
import { readOpenWorkItems, readWorkItem, writeWorkItem } from './work-items.ts'
import { dispatchWorkflow, findWorkflowRun, readWorkflow, watchWorkflowRun } from './workflows.ts'

const limitWaitMsMax = 5 * 60_000
const requestMsMax = 30_000

export function openGithub(options: ForgeOptions): Forge {
  const { address, credentials, clock, signal } = options
  let known: Place | null = null
  const within = { requestMsMax: options.requestMsMax ?? requestMsMax }
  const shared = { host: address.host, apiUrl: address.apiUrl, clock, signal, ...within }
  const tokens = tokenSource({ ...shared, credentials, repository: () => known })
  const client = createClient({ ...shared, tokens, limitWaitMsMax: options.limitWaitMsMax ?? limitWaitMsMax })
  const readSelf = () => readIdentity(client, credentials, tokens)
  return {
    host: address.host,
    calls: client.calls,
    usage: () => client.counter.usage(),
    limitPerHour: () => client.counter.limitPerHour(),
    limitLeft: () => client.counter.limitLeft(),
    identity: readSelf,
    repository(owner, name) {
      const place = { owner, repo: name }
      known ??= place
      return repositoryAt(client, place, readSelf)
    },
  }
}

function repositoryAt(client: GithubClient, place: Place, readSelf: Forge['identity']): ForgeRepository {
  return {
    fullName: `${place.owner}/${place.repo}`,
    readVerdict: (options) => readVerdict(client, place, options),
    awaitVerdict: (options) => awaitVerdict(client, place, options),
    readAccess: () => readAccess(client, place),
    readRules: (branch) => readRules(client, place, branch),
    readBlocking: (label) => readBlocking(client, place, label),
    findPullRequest: (options) => findPullRequest(client, place, options),
    readOpenPullRequests: async (headPrefix) =>
      believed(client, place, await readOpenPullRequests(client, place, headPrefix)),
    readPullRequestsFromElsewhere: () => readPullRequestsFromElsewhere(client, place),
    openPullRequest: (options) => openPullRequest(client, place, options),
    readPullRequest: async (number) => believed(client, place, await readPullRequest(client, place, number)),
    watchPullRequest: (options) => watchPullRequest(client, place, options),
    mergePullRequest: (options) => mergePullRequest(client, place, options),
    closePullRequest: (number) => closePullRequest(client, place, number),
    enqueuePullRequest: (options) => enqueuePullRequest(client, place, options),
    readWorkflow: async (file) => believed(client, place, await readWorkflow(client, place, file)),
    dispatchWorkflow: (options) => dispatchWorkflow(client, place, options),
    findWorkflowRun: (options) => findWorkflowRun(client, place, options),
    watchWorkflowRun: (options) => watchWorkflowRun(client, place, options),
    writeCommitStatus: (options) => writeCommitStatus(client, place, options),
    recordDeployment: (options) => recordDeployment(client, place, options),
    writeDeploymentState: (options) => writeDeploymentState(client, place, options),
    readRelease: async (tag) => believed(client, place, await readRelease(client, place, tag)),
    createRelease: (options) => createRelease(client, place, options),
    amendRelease: (options) => amendRelease(client, place, options),
    readRemarks: (options) => readRemarks(client, place, options),
    readThread: async (number) => believed(client, place, await readThread(client, place, number)),
    findIssue: (marker) => findIssue(client, place, marker),
    openIssue: (options) => openIssue(client, place, options),
    closeIssue: (number) => closeIssue(client, place, number),
    findComment: (options) => findComment(client, place, options),
    addComment: (options) => addComment(client, place, options),
    writeComment: (options) => writeComment(client, place, { ...options, ownLogin: readSelf }),
    readWorkItem: async (number) => believed(client, place, await readWorkItem(client, place, number)),
    readOpenWorkItems: () => readOpenWorkItems(client, place),
    writeWorkItem: (wanted) => writeWorkItem(client, place, wanted),
  }
}

/** "Not there" is believed only of a repository that is shown to us: what is hidden answers the same. */
async function believed<Value>(
  client: GithubClient,
  place: Place,
  reading: Reading<Value>,
): Promise<Reading<Value>> {
  if (reading.state !== 'absent') return reading
  const access = await readAccess(client, place)
  if (access.state === 'present') return reading
  return unknown(
    access.state === 'unknown'
      ? access.reason
      : `${client.host} shows no ${place.owner}/${place.repo} to this identity`,
  )
}
