import { toCommitId } from '@conduct/core'
import { expect, it } from 'vitest'
import { inRepo, openWorkshop } from './workshop.ts'

const createStatus = `POST ${inRepo}/statuses/{sha}`
const createDeployment = `POST ${inRepo}/deployments`

it('writes a commit status once, and again only when it says something else', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  const commit = await shop.head('main')
  const status = {
    commit,
    context: 'conduct/engine',
    state: 'pending' as const,
    description: 'run 8f2c',
    url: 'https://acme.example/8f2c',
  }

  await repository.writeCommitStatus(status)
  await repository.writeCommitStatus(status)
  await repository.writeCommitStatus({ ...status, state: 'success', description: 'x'.repeat(200) })

  expect(github.calls.get(createStatus)).toBe(2)
  expect(shop.records.statuses.at(-1)).toMatchObject({ state: 'success', description: `${'x'.repeat(139)}…` })
})

it.each([
  { fault: 'unanswered', acts: true },
  { fault: 'acts_then_status', status: 500 },
  { fault: 'half' },
] as const)('records a deployment once although its answer is lost: %o', async (fault) => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  const wanted = {
    commit: await shop.head('main'),
    environment: 'production',
    description: 'engine 4.3.0',
    conductRun: '8f2c-shop',
  }
  github.misbehave(({ endpoint }) => (endpoint === createDeployment ? fault : null))

  const first = await repository.recordDeployment(wanted)
  const second = await repository.recordDeployment(wanted)
  github.misbehave(null)
  const another = await repository.recordDeployment({ ...wanted, conductRun: '9a00-shop' })

  expect(first).toEqual({ id: first.id, commit: wanted.commit, environment: 'production' })
  expect(second).toEqual(first)
  expect(another.id).not.toBe(first.id)
  expect(shop.records.deployments).toHaveLength(2)
})

it('writes the states of a deployment, each once', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  const { id } = await repository.recordDeployment({
    commit: await shop.head('main'),
    environment: 'production',
    description: 'engine 4.3.0',
    conductRun: '8f2c-shop',
  })

  for (const state of ['in_progress', 'in_progress', 'success', 'success'] as const) {
    await repository.writeDeploymentState({ deployment: id, state, description: state })
  }

  expect(shop.records.deployments[0]?.states.map(({ state }) => state)).toEqual(['in_progress', 'success'])
})

it('says when it may not: FORGE_REFUSED, and when the token is taken away: FORGE_CREDENTIALS', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  const status = {
    commit: toCommitId('1'.repeat(40)),
    context: 'conduct',
    state: 'success' as const,
    description: '',
  }
  shop.records.access.set('ana', 'read')
  await expect(repository.writeCommitStatus(status)).rejects.toMatchObject({ code: 'FORGE_REFUSED' })

  github.state.accounts.clear()
  await expect(repository.writeCommitStatus(status)).rejects.toMatchObject({ code: 'FORGE_CREDENTIALS' })
})
