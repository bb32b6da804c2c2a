import { generateKeyPairSync } from 'node:crypto'
import type { GithubDouble } from '@conduct/rehearsal/forge'
import { openWorkshop } from './workshop.ts'

/** One of everything that the double answers, through conduct's own adapter. */
export async function exerciseEverything(): Promise<Pick<GithubDouble, 'answers'>> {
  await using workshop = await openWorkshop()
  const { github, shop, repository, forge } = workshop
  shop.records.access.set('ana', 'admin')
  await forge.identity()
  await exerciseApp(workshop)
  const commit = await shop.head('main')
  const first = await repository.readVerdict({ commit, branch: 'main' })
  if (first.verdict !== 'none') throw new Error(first.verdict)
  shop.report(commit, 'test', 'success')
  shop.status(commit, 'lint', 'success')
  await shop.protect('main', {
    checks: [{ context: 'test', appId: 15_368 }],
    reviews: 0,
    isStrict: true,
    enforceAdmins: true,
    restrictedTo: ['ana'],
  })
  await shop.addRule('main', { type: 'pull_request', parameters: pullRequestParameters })
  await shop.addRule('main', { type: 'deletion' })
  await repository.readVerdict({ commit, branch: 'main' })
  await repository.readRules('main')
  shop.addIssue('Hold', ['no-release'])
  await repository.readBlocking('no-release')

  const head = await shop.branch('adopt', { from: commit, files: { a: '1' } })
  const wanted = {
    base: 'main',
    headBranch: 'adopt',
    head,
    marker: '<!-- conduct -->',
    title: 'Adopt',
    body: '',
  }
  const opened = await repository.openPullRequest(wanted)
  if (opened.outcome !== 'opened') throw new Error(opened.outcome)
  const { number } = opened.pullRequest
  shop.report(head, 'test', 'success')
  shop.comment(number, { login: 'ana', body: '/conduct approve 5d0e1a' })
  shop.review(number, { login: 'bob', body: '', state: 'APPROVED' })
  await repository.readRemarks({ number, kind: 'pull_request' })
  const issue = await repository.openIssue({
    marker: '<!-- conduct: 1 -->',
    title: 'Approve',
    body: 'Please.',
  })
  await repository.addComment({ number: issue.number, marker: '<!-- conduct: 2 -->', body: 'Anybody?' })
  for (const body of ['This.', 'That.']) {
    await repository.writeComment({ number, marker: '<!-- conduct: 3 -->', body, isNewWanted: true })
  }
  await repository.readThread(number)
  await repository.closeIssue(issue.number)
  await repository.watchPullRequest({ number, expectedHead: head, until: 'ready', withinMs: 60_000 })
  await repository.mergePullRequest({ number, expectedHead: head, method: 'merge' })
  await repository.findPullRequest(wanted)
  await repository.closePullRequest(number)
  await shop.addPullFromFork({ from: 'else/shop', files: { a: '2' } })
  await repository.readOpenPullRequests('conduct/run-')
  await repository.readPullRequestsFromElsewhere()

  shop.addWorkflow('deploy.yml')
  await repository.readWorkflow('deploy.yml')
  const dispatched = await repository.dispatchWorkflow({
    file: 'deploy.yml',
    ref: 'main',
    inputs: {},
    conductRun: '8f2c-deploy',
    appearsWithinMs: 60_000,
  })
  if (!('run' in dispatched)) throw new Error(dispatched.reason)
  await repository.watchWorkflowRun({ id: dispatched.run.id, withinMs: 0 })
  const deployment = await repository.recordDeployment({
    commit,
    environment: 'production',
    description: '',
    conductRun: '8f2c',
  })
  const state = { deployment: deployment.id, state: 'success' as const, description: '' }
  await repository.writeDeploymentState(state)
  await repository.writeDeploymentState(state)
  await repository.recordDeployment({
    commit,
    environment: 'production',
    description: '',
    conductRun: '8f2c',
  })
  await repository.writeCommitStatus({ commit, context: 'conduct', state: 'success', description: '' })
  await exerciseReleases(workshop)
  return { answers: [...github.answers] }
}

async function exerciseReleases({
  shop,
  repository,
}: Awaited<ReturnType<typeof openWorkshop>>): Promise<void> {
  const wanted = { tag: 'v4.3.0', title: 'engine 4.3.0', body: '', isPrerelease: false }
  const commit = await shop.head('main')
  const { release } = await repository.createRelease({ ...wanted, commit, marker: '<!-- conduct: 3 -->' })
  await repository.readRelease(wanted.tag)
  await repository.amendRelease({ ...wanted, id: release.id })
}

const pullRequestParameters = {
  allowed_merge_methods: ['merge'],
  dismiss_stale_reviews_on_push: false,
  require_code_owner_review: false,
  require_last_push_approval: false,
  required_approving_review_count: 0,
  required_review_thread_resolution: false,
}

async function exerciseApp(workshop: Awaited<ReturnType<typeof openWorkshop>>): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = { publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string }
  workshop.github.addApp({ id: '77', slug: 'train', installation: 9, ...pem })
  workshop.shop.records.access.set('train[bot]', 'read')
  const app = await workshop.openAs({
    kind: 'app',
    appId: '77',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    installationId: null,
  })
  await app.identity()
  await app.repository('acme', 'shop').readAccess()
}
