import { expect, it } from 'vitest'
import { inRepo, openWorkshop } from './workshop.ts'

const checkRuns = `GET ${inRepo}/commits/{ref}/check-runs`
const combinedStatus = `GET ${inRepo}/commits/{ref}/status`

it('is green when check runs and statuses have passed, and required ones are among them', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository } = workshop
  await shop.protect('main', { checks: [{ context: 'test', appId: 15_368 }] })
  const commit = await shop.head('main')
  shop.report(commit, 'test', 'success')
  shop.report(commit, 'docs', 'skipped')
  shop.status(commit, 'lint', 'success')

  const verdict = await repository.readVerdict({ commit, branch: 'main' })

  expect(verdict).toMatchObject({ verdict: 'green', covered: '3 of 3 checks' })
})

it('is red when a check run or a status failed, required or not, and names it', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository } = workshop
  const commit = await shop.head('main')
  shop.report(commit, 'test', 'success')
  shop.report(commit, 'slow', 'timed_out')
  shop.status(commit, 'lint', 'error')

  const verdict = await repository.readVerdict({ commit, branch: 'main' })

  expect(verdict).toMatchObject({ verdict: 'red', failed: ['slow (timed_out)', 'lint (error)'] })
})

it('judges exactly this commit: the green one before it says nothing about it', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository } = workshop
  const before = await shop.head('main')
  shop.report(before, 'test', 'success')
  const commit = await shop.commit('main', { a: '1' })

  expect(await repository.readVerdict({ commit: before, branch: 'main' })).toMatchObject({ verdict: 'green' })
  expect(await repository.readVerdict({ commit, branch: 'main' })).toMatchObject({
    verdict: 'none',
    judgeable: { can: 'yes' },
  })
})

it('waits for a required check that has not reported, or reported through another app', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository } = workshop
  await shop.addRule('main', {
    type: 'required_status_checks',
    parameters: {
      strict_required_status_checks_policy: false,
      required_status_checks: [{ context: 'test', integration_id: 7 }],
    },
  })
  const commit = await shop.head('main')
  shop.report(commit, 'test', 'success', 8)

  expect(await repository.readVerdict({ commit, branch: 'main' })).toMatchObject({
    verdict: 'pending',
    waitingFor: ['test (required, has not reported)'],
    covered: '1 of 2 checks',
  })

  shop.report(commit, 'test', 'success', 7)
  expect(await repository.readVerdict({ commit, branch: 'main' })).toMatchObject({ verdict: 'green' })
})

it('is none, which is not green, where nothing ever judges', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository } = workshop
  const commit = await shop.head('main')

  const verdict = await repository.readVerdict({ commit, branch: 'main' })

  expect(verdict).toMatchObject({ verdict: 'none', judgeable: { can: 'no' } })
})

it('cannot tell whether workflows that never judged this branch could', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository } = workshop
  shop.addWorkflow('nightly.yml')
  const commit = await shop.head('main')

  expect(await repository.readVerdict({ commit, branch: 'main' })).toMatchObject({
    verdict: 'none',
    judgeable: { can: 'unknown' },
  })
})

it('takes a run that GitHub gave up on, or that has no conclusion, for no verdict', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository } = workshop
  const commit = await shop.head('main')
  shop.report(commit, 'test', 'stale')

  expect(await repository.readVerdict({ commit, branch: 'main' })).toMatchObject({
    verdict: 'pending',
    waitingFor: ['test (stale)'],
  })
})

it('reads every page of check runs and statuses', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository } = workshop
  const commit = await shop.head('main')
  for (let number = 0; number < 100; number += 1) {
    shop.report(commit, `test ${number}`, 'success')
    shop.status(commit, `status ${number}`, 'success')
  }
  expect(await repository.readVerdict({ commit, branch: 'main' })).toMatchObject({ verdict: 'green' })

  shop.status(commit, 'status 100', 'failure')
  expect(await repository.readVerdict({ commit, branch: 'main' })).toMatchObject({ verdict: 'red' })
  shop.report(commit, 'test 100', 'failure')
  const verdict = await repository.readVerdict({ commit, branch: 'main' })

  expect(verdict).toMatchObject({ failed: ['test 100 (failure)', 'status 100 (failure)'] })
})

it.each([
  checkRuns,
  combinedStatus,
  `GET ${inRepo}/branches/{branch}`,
  `GET ${inRepo}/rules/branches/{branch}`,
])('is unknown when one of its sources stays silent: %s', async (endpoint) => {
  await using workshop = await openWorkshop()
  const { shop, repository, github } = workshop
  const commit = await shop.head('main')
  shop.report(commit, 'test', 'success')
  github.misbehave((call) => (call.endpoint === endpoint ? { fault: 'status', status: 502 } : null))

  const verdict = await repository.readVerdict({ commit, branch: 'main' })

  expect(verdict).toMatchObject({ verdict: 'unknown', isRetryable: true })
  expect(github.calls.get(endpoint)).toBe(4)
})

it('is unknown, not green, when an answer stops in the middle', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository, github } = workshop
  const commit = await shop.head('main')
  shop.report(commit, 'test', 'success')
  github.misbehave((call) => (call.endpoint === checkRuns ? { fault: 'half' } : null))

  expect(await repository.readVerdict({ commit, branch: 'main' })).toMatchObject({
    verdict: 'unknown',
    reason: expect.stringContaining('half an answer') as string,
  })
})

it('sees through a server that stumbles once, and through one that is slow', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository, github } = workshop
  const commit = await shop.head('main')
  shop.report(commit, 'test', 'success')
  let answers: () => void = () => undefined
  const until = new Promise<void>((resolve) => {
    answers = resolve
  })
  github.misbehave(({ endpoint, nth }) => {
    if (endpoint === checkRuns && nth === 1) return { fault: 'unanswered', acts: false }
    if (endpoint === combinedStatus) {
      answers()
      return { fault: 'delay', until }
    }
    return null
  })

  expect(await repository.readVerdict({ commit, branch: 'main' })).toMatchObject({ verdict: 'green' })
})

it('waits for a verdict as long as it is told to, and a check that never reports is late, not green', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository, clock } = workshop
  const commit = await shop.head('main')
  shop.report(commit, 'test', null)

  const late = await repository.awaitVerdict({ commit, branch: 'main', withinMs: 600_000 })
  clock.duringSleep = () => shop.report(commit, 'test', 'success')
  const inTime = await repository.awaitVerdict({ commit, branch: 'main', withinMs: 600_000 })

  expect(late).toMatchObject({ verdict: 'pending', isLate: true, waitingFor: ['test (in_progress)'] })
  expect(inTime).toMatchObject({ verdict: 'green', isLate: false })
})

it('keeps waiting through a time in which nothing can be seen', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository, github, clock } = workshop
  const commit = await shop.head('main')
  shop.report(commit, 'test', null)
  github.misbehave(({ endpoint, nth }) =>
    endpoint === checkRuns && nth > 1 && nth < 12 ? { fault: 'status', status: 500 } : null,
  )
  clock.duringSleep = () => {
    if ((github.calls.get(checkRuns) ?? 0) > 13) shop.report(commit, 'test', 'failure')
  }

  const verdict = await repository.awaitVerdict({ commit, branch: 'main', withinMs: 600_000 })

  expect(verdict).toMatchObject({ verdict: 'red', isLate: false })
})

it('pays for what changed only: looks that find nothing new are free', async () => {
  await using workshop = await openWorkshop()
  const { shop, repository, github } = workshop
  const commit = await shop.head('main')
  shop.report(commit, 'test', null)

  await repository.awaitVerdict({ commit, branch: 'main', withinMs: 300_000 })

  const paid = [...github.calls.values()].reduce((sum, count) => sum + count, 0) - github.notModified()
  expect(github.notModified()).toBeGreaterThan(20)
  expect(paid).toBe(4)
})

it('does not take what a run of our own noted for a verdict', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  const commit = await shop.head('main')
  shop.status(commit, 'conduct/engine', 'failure')

  expect(await repository.readVerdict({ commit, branch: 'main' })).toMatchObject({ verdict: 'none' })
  shop.report(commit, 'test', 'success')
  expect(await repository.readVerdict({ commit, branch: 'main' })).toMatchObject({ verdict: 'green' })
})
