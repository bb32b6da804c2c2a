import { expect, it } from 'vitest'
import { inRepo, openWorkshop } from './workshop.ts'

const wanted = {
  marker: '<!-- conduct: plan 5d0e1a2b -->',
  title: 'Approve plan 5d0e1a2b',
  body: 'Please look.',
}

it('opens one issue for one marker, however often it is asked', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  for (let other = 0; other < 120; other += 1) shop.addIssue(`Other ${other}`, [])

  const absent = await repository.findIssue(wanted.marker)
  const first = await repository.openIssue(wanted)
  for (let other = 0; other < 120; other += 1) shop.addIssue(`Newer ${other}`, [])
  const second = await repository.openIssue(wanted)

  expect(absent.state).toBe('absent')
  expect(second).toEqual(first)
  expect(first).toMatchObject({ kind: 'issue', isOpen: true, head: null })
  expect(shop.records.issues.filter(({ title }) => title === wanted.title)).toHaveLength(1)
})

it('does not open a second one after an answer that got lost', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  github.misbehave(({ endpoint, nth }) =>
    endpoint === `POST ${inRepo}/issues` && nth === 1 ? { fault: 'acts_then_status', status: 502 } : null,
  )

  const thread = await repository.openIssue(wanted)

  expect(shop.records.issues.map(({ number }) => number)).toEqual([thread.number])
})

it('comments once for one marker, closes twice, and reads a pull request with its head', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  const head = await shop.branch('plan', { from: await shop.head('main'), files: { plan: '1' } })
  const opened = await repository.openPullRequest({
    base: 'main',
    headBranch: 'plan',
    head,
    marker: '<!-- x -->',
    title: 'Plan',
    body: '',
  })
  if (opened.outcome !== 'opened') throw new Error(opened.outcome)
  const { number } = opened.pullRequest

  const one = await repository.addComment({ number, marker: wanted.marker, body: 'Please look.' })
  const two = await repository.addComment({ number, marker: wanted.marker, body: 'Please look.' })
  const thread = await repository.readThread(number)
  const issue = await repository.openIssue(wanted)
  await repository.closeIssue(issue.number)
  await repository.closeIssue(issue.number)

  expect(two).toEqual(one)
  expect(shop.records.comments).toHaveLength(1)
  expect(thread).toMatchObject({ state: 'present', value: { kind: 'pull_request', head } })
  expect(await repository.readThread(issue.number)).toMatchObject({ value: { isOpen: false, head: null } })
  expect((await repository.readThread(99_999)).state).toBe('absent')
})

it('is unknown, never absent, when the forge does not answer', async () => {
  await using workshop = await openWorkshop()
  const { repository, github } = workshop
  github.misbehave(() => ({ fault: 'status', status: 500 }))

  expect((await repository.findIssue(wanted.marker)).state).toBe('unknown')
  expect((await repository.readThread(1)).state).toBe('unknown')
  expect((await repository.findComment({ number: 1, marker: wanted.marker })).state).toBe('unknown')
  await expect(repository.openIssue(wanted)).rejects.toMatchObject({ code: 'FORGE_UNREACHABLE' })
})
