import type { MergeOutcome, OpenOutcome } from '@conduct/forge'
import { describe, expect, it } from 'vitest'
import { type Workshop, inRepo, openWorkshop, startMs, token } from './workshop.ts'

const create = `POST ${inRepo}/pulls`
const mergeEndpoint = `PUT ${inRepo}/pulls/{pull_number}/merge`
const headBranch = 'conduct/engine-4.3.0'
const marker = '<!-- conduct: run 8f2c, shop -->'

async function pushed({ shop }: Workshop) {
  const head = await shop.branch(headBranch, {
    from: await shop.head('main'),
    files: { 'package.json': '4.3.0' },
  })
  return { base: 'main', headBranch, marker, head, title: 'Adopt engine 4.3.0', body: 'By conduct.' }
}

async function opened(workshop: Workshop) {
  const wanted = await pushed(workshop)
  const outcome = await workshop.repository.openPullRequest(wanted)
  if (outcome.outcome !== 'opened') throw new Error(outcome.outcome)
  return { number: outcome.pullRequest.number, expectedHead: wanted.head, method: 'squash' as const, wanted }
}

it('is opened once: a second run finds its own', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  const wanted = await pushed(workshop)

  expect(await repository.findPullRequest(wanted)).toEqual({ state: 'absent' })
  const first = await repository.openPullRequest(wanted)
  const second = await repository.openPullRequest(wanted)

  expect(first).toMatchObject({
    outcome: 'opened',
    pullRequest: { state: 'open', head: wanted.head, author: 'ana', mergeCommit: null },
  })
  expect(second).toMatchObject({ outcome: 'found' })
  expect(await repository.findPullRequest(wanted)).toMatchObject({
    state: 'present',
    value: { head: wanted.head },
  })
  expect(shop.records.pulls).toHaveLength(1)
})

it.each([
  { fault: 'unanswered', acts: true },
  { fault: 'acts_then_status', status: 502 },
  { fault: 'half' },
] as const)('whose opening was never confirmed is found, not opened again: %o', async (fault) => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  const wanted = await pushed(workshop)
  github.misbehave(({ endpoint }) => (endpoint === create ? fault : null))

  const outcome = await repository.openPullRequest(wanted)

  expect(outcome.outcome).toBe('found')
  expect(shop.records.pulls).toHaveLength(1)
  expect(github.calls.get(create)).toBe(1)
})

it('that was not opened is an error: FORGE_UNREACHABLE, after one attempt, and repeating it is safe', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  const wanted = await pushed(workshop)
  github.misbehave(({ endpoint }) => (endpoint === create ? { fault: 'status', status: 500 } : null))

  await expect(repository.openPullRequest(wanted)).rejects.toMatchObject({
    code: 'FORGE_UNREACHABLE',
    retryable: true,
  })
  expect(github.calls.get(create)).toBe(1)
  github.misbehave(null)
  expect(await repository.openPullRequest(wanted)).toMatchObject({ outcome: 'opened' })
  expect(shop.records.pulls).toHaveLength(1)
})

it('is not opened while nobody can tell whether it exists', async () => {
  await using workshop = await openWorkshop()
  const { repository, github } = workshop
  const wanted = await pushed(workshop)
  github.misbehave(({ endpoint }) =>
    endpoint === `GET ${inRepo}/pulls` ? { fault: 'status', status: 500 } : null,
  )

  await expect(repository.openPullRequest(wanted)).rejects.toMatchObject({ code: 'FORGE_UNREACHABLE' })
  expect(github.calls.get(create)).toBeUndefined()
})

it('of somebody else on our branch is left alone', async () => {
  await using workshop = await openWorkshop()
  const { repository } = workshop
  const wanted = await pushed(workshop)
  await repository.openPullRequest({ ...wanted, marker: '<!-- conduct: run 77aa, shop -->' })

  expect(await repository.openPullRequest(wanted)).toMatchObject({ outcome: 'foreign' })
  expect(await repository.findPullRequest(wanted)).toEqual({ state: 'absent' })
})

it('that somebody closed stays closed; for a new commit another is opened', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  const { number, wanted } = await opened(workshop)
  await shop.closePull(number)

  expect(await repository.openPullRequest(wanted)).toMatchObject({
    outcome: 'closed',
    pullRequest: { number },
  })
  const head = await shop.commit(headBranch, { 'package.json': '4.3.1' })
  expect(await repository.openPullRequest({ ...wanted, head })).toMatchObject({ outcome: 'opened' })
})

it('whose branch went on is told as such', async () => {
  await using workshop = await openWorkshop()
  const { wanted } = await opened(workshop)
  const moved = await workshop.shop.commit(headBranch, { extra: 'by carl' })

  expect(await workshop.repository.openPullRequest(wanted)).toMatchObject({
    outcome: 'head_moved',
    pullRequest: { head: moved },
  })
})

it('without a branch, a difference or the right to write is refused: FORGE_REFUSED', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  const wanted = await pushed(workshop)

  await expect(repository.openPullRequest({ ...wanted, headBranch: 'nowhere' })).rejects.toMatchObject({
    code: 'FORGE_REFUSED',
  })
  shop.records.access.set('ana', 'read')
  await expect(repository.openPullRequest(wanted)).rejects.toMatchObject({
    code: 'FORGE_REFUSED',
    details: { status: 403 },
  })
})

it('is merged in git at the expected head, and merging again says the same', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  const { wanted: _, ...merge } = await opened(workshop)

  const first = await repository.mergePullRequest({ ...merge, title: 'Adopt engine 4.3.0' })
  const second = await repository.mergePullRequest(merge)

  expect(first).toEqual({ outcome: 'merged', commit: await shop.head('main') })
  expect(second).toEqual(first)
  expect(await repository.readPullRequest(merge.number)).toMatchObject({
    value: { state: 'merged', mergeCommit: await shop.head('main') },
  })
})

it('is not merged at another head (409), whatever stands there now', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  const { wanted: _, ...merge } = await opened(workshop)
  const before = await shop.head('main')
  const moved = await shop.commit(headBranch, { evil: 'by carl' })

  const outcome = await repository.mergePullRequest(merge)

  expect(outcome).toEqual({ outcome: 'head_moved', head: moved })
  expect(await shop.head('main')).toBe(before)
})

it('would be merged at any head without the expectation: the control', async () => {
  await using workshop = await openWorkshop()
  const { shop, github } = workshop
  const { number } = await opened(workshop)
  const moved = await shop.commit(headBranch, { evil: 'by carl' })

  const answer = await fetch(`${github.apiUrl}/repos/acme/shop/pulls/${number}/merge`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${token}` },
    body: '{}',
  })

  expect(answer.status).toBe(200)
  expect(await shop.records.git.isAncestor(moved, await shop.head('main'))).toBe(true)
})

it("whose conditions are not met (405) is blocked, with the forge's own sentence", async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  await shop.protect('main', { checks: [{ context: 'test', appId: null }] })
  const { wanted: _, ...merge } = await opened(workshop)

  const outcome = await repository.mergePullRequest(merge)

  expect(outcome).toMatchObject({
    outcome: 'blocked',
    mergeState: 'blocked',
    said: expect.stringContaining('Required status check "test" is expected') as string,
  })
  expect(github.calls.get(mergeEndpoint)).toBeLessThanOrEqual(4)
})

it('is merged in the next try when the base moved during the first (405)', async () => {
  await using workshop = await openWorkshop()
  const { repository, github } = workshop
  const { wanted: _, ...merge } = await opened(workshop)
  github.misbehave(({ endpoint, nth }) =>
    endpoint === mergeEndpoint && nth === 1
      ? { fault: 'status', status: 405, message: 'Base branch was modified. Review and try the merge again.' }
      : null,
  )

  expect(await repository.mergePullRequest(merge)).toMatchObject({ outcome: 'merged' })
  expect(github.calls.get(mergeEndpoint)).toBe(2)
})

it.each([
  { fault: 'unanswered', acts: true },
  { fault: 'acts_then_status', status: 500 },
  { fault: 'half' },
] as const)('whose merge was never confirmed is read back, not merged twice: %o', async (fault) => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  const { wanted: _, ...merge } = await opened(workshop)
  github.misbehave(({ endpoint }) => (endpoint === mergeEndpoint ? fault : null))

  const outcome: MergeOutcome = await repository.mergePullRequest(merge)

  expect(outcome).toEqual({ outcome: 'merged', commit: await shop.head('main') })
  expect(github.calls.get(mergeEndpoint)).toBe(1)
})

it('that can neither be merged nor read is an error, not an outcome: FORGE_UNREACHABLE', async () => {
  await using workshop = await openWorkshop()
  const { repository, github } = workshop
  const { wanted: _, ...merge } = await opened(workshop)
  github.misbehave(() => ({ fault: 'status', status: 503 }))

  await expect(repository.mergePullRequest(merge)).rejects.toMatchObject({ code: 'FORGE_UNREACHABLE' })
})

it('that somebody closed is not merged', async () => {
  await using workshop = await openWorkshop()
  const { wanted: _, ...merge } = await opened(workshop)
  await workshop.shop.closePull(merge.number)

  expect(await workshop.repository.mergePullRequest(merge)).toEqual({ outcome: 'closed' })
})

it('is watched until it may be merged: required checks report meanwhile', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, clock } = workshop
  await shop.protect('main', { checks: [{ context: 'test', appId: null }] })
  const { number, expectedHead } = await opened(workshop)
  const watch = { number, expectedHead, until: 'ready' as const, withinMs: 1_800_000 }

  const waiting = await repository.watchPullRequest(watch)
  clock.duringSleep = () => shop.report(expectedHead, 'test', 'success')
  const ready = await repository.watchPullRequest(watch)

  expect(waiting).toEqual({ outcome: 'waiting', waitingFor: 'required checks or reviews' })
  expect(ready).toEqual({ outcome: 'ready' })
})

it('is watched until somebody merges or closes it, or moves its head', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, clock } = workshop
  const { number, expectedHead } = await opened(workshop)
  const watch = { number, expectedHead, until: 'merged' as const, withinMs: 600_000 }
  expect(await repository.watchPullRequest(watch)).toEqual({
    outcome: 'waiting',
    waitingFor: 'somebody to merge it',
  })

  let merged = ''
  clock.duringSleep = async () => {
    clock.duringSleep = null
    merged = await shop.mergePull(number)
  }
  expect(await repository.watchPullRequest(watch)).toEqual({ outcome: 'merged', commit: merged })
  expect(
    await repository.watchPullRequest({ ...watch, expectedHead: await shop.head('main') }),
  ).toMatchObject({ outcome: 'head_moved' })
})

it('is not judged by a watcher that cannot see: unknown in the end, and a blind while is no end', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github, clock } = workshop
  const { number, expectedHead } = await opened(workshop)
  const watch = { number, expectedHead, until: 'merged' as const, withinMs: 600_000 }
  github.misbehave(() => ({ fault: 'status', status: 500 }))
  const blind = await repository.watchPullRequest(watch)

  let sleeps = 0
  clock.duringSleep = async () => {
    sleeps += 1
    if (sleeps === 8) github.misbehave(null)
    if (sleeps === 9) await shop.mergePull(number)
  }
  const seen = await repository.watchPullRequest(watch)

  expect(blind).toMatchObject({ outcome: 'unknown', reason: expect.stringContaining('500') as string })
  expect(seen.outcome).toBe('merged')
})

it('is merged by the queue where the branch has one, without a word from it', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, clock } = workshop
  await shop.addRule('main', { type: 'merge_queue' })
  const { wanted: _, ...merge } = await opened(workshop)

  const direct = await repository.mergePullRequest(merge)
  const queued = await repository.enqueuePullRequest(merge)
  const again = await repository.enqueuePullRequest(merge)
  clock.duringSleep = () => shop.advanceQueue()
  const watched = await repository.watchPullRequest({ ...merge, until: 'merged', withinMs: 600_000 })

  expect(direct).toMatchObject({ outcome: 'blocked', said: expect.stringContaining('merge queue') as string })
  expect([queued, again]).toEqual([
    { outcome: 'queued', position: 1 },
    { outcome: 'queued', position: 1 },
  ])
  expect(watched).toEqual({ outcome: 'merged', commit: await shop.head('main') })
  expect(await repository.enqueuePullRequest(merge)).toEqual(watched)
})

it('that falls out of the queue is told as such, and one whose head moved is not queued', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, clock } = workshop
  await shop.addRule('main', { type: 'merge_queue' })
  const { wanted: _, ...merge } = await opened(workshop)
  await repository.enqueuePullRequest(merge)
  clock.duringSleep = () => shop.advanceQueue({ checks: 'fail' })

  const watched = await repository.watchPullRequest({ ...merge, until: 'merged', withinMs: 600_000 })
  const moved = await shop.commit(headBranch, { more: '1' })

  expect(watched).toEqual({ outcome: 'left_queue' })
  expect(await repository.enqueuePullRequest(merge)).toEqual({ outcome: 'head_moved', head: moved })
})

it('queued without an answer is found in the queue', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  await shop.addRule('main', { type: 'merge_queue' })
  const { wanted: _, ...merge } = await opened(workshop)
  github.misbehave(({ endpoint, nth }) =>
    endpoint === 'POST /graphql' && nth === 2 ? { fault: 'unanswered', acts: true } : null,
  )

  expect(await repository.enqueuePullRequest(merge)).toEqual({ outcome: 'queued', position: 1 })
})

it('two at the same time open one', async () => {
  await using workshop = await openWorkshop()
  const other = await workshop.openAs({ kind: 'token', token })
  const wanted = await pushed(workshop)

  const outcomes: readonly OpenOutcome[] = await Promise.all([
    workshop.repository.openPullRequest(wanted),
    other.repository('acme', 'shop').openPullRequest(wanted),
  ])

  expect(workshop.shop.records.pulls).toHaveLength(1)
  expect(outcomes.every(({ outcome }) => outcome === 'opened' || outcome === 'found')).toBe(true)
})

describe('pull requests from elsewhere', () => {
  it('are listed with where their commits are; those of branches here are not among them', async () => {
    await using workshop = await openWorkshop()
    const { shop, repository } = workshop
    const number = await shop.addPullFromFork({ from: 'else/shop', files: { 'a.txt': 'theirs' } })
    const head = await shop.branch('mine', { from: await shop.head('main'), files: { 'a.txt': 'mine' } })
    await repository.openPullRequest({
      base: 'main',
      headBranch: 'mine',
      head,
      marker,
      title: 'Mine',
      body: '',
    })

    expect(await repository.readPullRequestsFromElsewhere()).toEqual({
      state: 'present',
      value: [
        {
          number,
          url: `https://github.example/acme/shop/pull/${number}`,
          label: 'else:patch-1',
          headRef: `refs/pull/${number}/head`,
          updatedAt: new Date(startMs).toISOString(),
        },
      ],
    })
  })

  it('are unknown where the forge does not answer', async () => {
    await using workshop = await openWorkshop()
    workshop.github.misbehave(() => ({ fault: 'status', status: 503 }))

    expect(await workshop.repository.readPullRequestsFromElsewhere()).toMatchObject({ state: 'unknown' })
  })
})
