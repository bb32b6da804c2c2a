import { workflowProblem } from '@conduct/forge'
import { expect, it } from 'vitest'
import { inRepo, openWorkshop, token } from './workshop.ts'

const dispatchEndpoint = `POST ${inRepo}/actions/workflows/{workflow_id}/dispatches`
const runEndpoint = `GET ${inRepo}/actions/runs/{run_id}`
const dispatch = {
  file: '.github/workflows/deploy.yml',
  ref: 'main',
  inputs: { version: '4.3.0' },
  conductRun: '8f2c-deploy-shop',
  appearsWithinMs: 120_000,
}

it('is active, disabled, absent or unknown', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  shop.addWorkflow('deploy.yml')
  shop.addWorkflow('old.yml', { state: 'disabled_inactivity' })

  expect(await repository.readWorkflow('.github/workflows/deploy.yml')).toMatchObject({
    value: { isActive: true, said: 'active' },
  })
  expect(await repository.readWorkflow('old.yml')).toMatchObject({
    value: { isActive: false, said: 'disabled_inactivity' },
  })
  expect(await repository.readWorkflow('none.yml')).toEqual({ state: 'absent' })
  shop.records.access.clear()
  expect(await repository.readWorkflow('deploy.yml')).toMatchObject({ state: 'unknown' })
  github.misbehave(() => ({ fault: 'status', status: 500 }))
  expect(await repository.readWorkflow('deploy.yml')).toMatchObject({ state: 'unknown', isRetryable: true })
})

it('is dispatched once and found by our id, not by being the newest', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, clock } = workshop
  shop.addWorkflow('deploy.yml', { showsAfter: 3 })
  const someoneElse = { ...dispatch, conductRun: '8f2c-deploy-shop-2' }
  let other: unknown
  clock.duringSleep = async () => {
    clock.duringSleep = null
    other = await repository.dispatchWorkflow(someoneElse)
  }

  const first = await repository.dispatchWorkflow(dispatch)
  const again = await repository.dispatchWorkflow(dispatch)

  const [ours] = shop.records.runs
  expect(first).toMatchObject({
    outcome: 'dispatched',
    run: { id: ours?.id, title: 'deploy 8f2c-deploy-shop', head: await shop.head('main') },
  })
  expect(again).toMatchObject({ outcome: 'found', run: { id: ours?.id } })
  expect(other).toMatchObject({ outcome: 'dispatched', run: { title: 'deploy 8f2c-deploy-shop-2' } })
  expect(shop.records.runs.map(({ inputs }) => inputs)).toEqual([
    { version: '4.3.0', conduct_run: '8f2c-deploy-shop' },
    { version: '4.3.0', conduct_run: '8f2c-deploy-shop-2' },
  ])
})

it.each([
  { fault: 'unanswered', acts: true },
  { fault: 'acts_then_status', status: 502 },
] as const)('whose dispatch was never confirmed is found, not dispatched twice: %o', async (fault) => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  shop.addWorkflow('deploy.yml', { showsAfter: 2 })
  github.misbehave(({ endpoint }) => (endpoint === dispatchEndpoint ? fault : null))

  const outcome = await repository.dispatchWorkflow(dispatch)

  expect(outcome.outcome).toBe('dispatched')
  expect(shop.records.runs).toHaveLength(1)
  expect(github.calls.get(dispatchEndpoint)).toBe(1)
})

it('would run twice if it were simply sent again: the control', async () => {
  await using workshop = await openWorkshop()
  const { shop, github } = workshop
  shop.addWorkflow('deploy.yml')
  const body = JSON.stringify({ ref: 'main', inputs: { conduct_run: dispatch.conductRun } })

  for (const _ of [1, 2]) {
    await fetch(`${github.apiUrl}/repos/acme/shop/actions/workflows/deploy.yml/dispatches`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body,
    })
  }

  expect(shop.records.runs).toHaveLength(2)
  expect(await workshop.repository.findWorkflowRun(dispatch)).toMatchObject({ state: 'unknown' })
})

it('runs twice where it shows late and is simply asked for again: the control', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  shop.addWorkflow('deploy.yml', { showsAfter: 10_000 })

  const first = await repository.dispatchWorkflow(dispatch)
  await repository.dispatchWorkflow(dispatch)

  expect(first.outcome).toBe('unseen')
  expect(shop.records.runs).toHaveLength(2)
})

it('that shows no run of ours is unseen, which is neither done nor failed', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  shop.addWorkflow('deploy.yml', { runName: () => 'deploy' })

  const silent = await repository.dispatchWorkflow(dispatch)
  github.misbehave(({ endpoint }) =>
    endpoint === dispatchEndpoint ? { fault: 'status', status: 500 } : null,
  )
  const failed = await repository.dispatchWorkflow(dispatch)

  expect(silent).toMatchObject({
    outcome: 'unseen',
    reason: expect.stringContaining('it was dispatched, and no run shows') as string,
  })
  expect(failed).toMatchObject({
    outcome: 'unseen',
    reason: expect.stringContaining('answered 500') as string,
  })
})

it('is not dispatched while nobody can tell whether it was', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  shop.addWorkflow('deploy.yml')
  github.misbehave(({ method }) => (method === 'GET' ? { fault: 'status', status: 500 } : null))

  expect((await repository.dispatchWorkflow(dispatch)).outcome).toBe('unsent')
  expect(shop.records.runs).toEqual([])

  await github[Symbol.asyncDispose]()
  expect(await repository.dispatchWorkflow(dispatch)).toMatchObject({ outcome: 'unsent' })
})

it('that is disabled, lacks our input, the ref or our right is refused: FORGE_REFUSED', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  shop.addWorkflow('deploy.yml', { inputs: ['version'] })
  shop.addWorkflow('off.yml', { state: 'disabled_manually' })

  await expect(repository.dispatchWorkflow(dispatch)).rejects.toMatchObject({
    code: 'FORGE_REFUSED',
    message: expect.stringContaining('conduct_run') as string,
  })
  await expect(repository.dispatchWorkflow({ ...dispatch, file: 'off.yml' })).rejects.toMatchObject({
    code: 'FORGE_REFUSED',
  })
  await expect(repository.dispatchWorkflow({ ...dispatch, ref: 'gone' })).rejects.toMatchObject({
    code: 'FORGE_REFUSED',
  })
  expect(shop.records.runs).toEqual([])
})

it('shown by two runs at once is unknown', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop } = workshop
  shop.addWorkflow('deploy.yml', { runName: () => 'deploy 8f2c-deploy-shop' })
  await repository.dispatchWorkflow(dispatch)
  await repository.dispatchWorkflow({ ...dispatch, conductRun: 'another-run', appearsWithinMs: 0 })

  expect(await repository.findWorkflowRun(dispatch)).toMatchObject({
    state: 'unknown',
    reason: expect.stringContaining('2 runs') as string,
  })
})

it('is watched to its end, through an approval that takes hours and a server that fails', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github, clock } = workshop
  shop.addWorkflow('deploy.yml')
  const outcome = await repository.dispatchWorkflow(dispatch)
  if (!('run' in outcome)) throw new Error(outcome.reason)
  const { id } = outcome.run
  const watch = { id, withinMs: 4 * 3_600_000 }

  shop.setRun(id, 'waiting', null)
  const waiting = await repository.watchWorkflowRun(watch)
  github.misbehave(({ endpoint }) => (endpoint === runEndpoint ? { fault: 'status', status: 500 } : null))
  const blind = await repository.watchWorkflowRun({ id, withinMs: 600_000 })
  let sleeps = 0
  clock.duringSleep = () => {
    sleeps += 1
    if (sleeps === 10) github.misbehave(null)
    if (sleeps === 20) shop.setRun(id, 'completed', 'success')
  }
  const done = await repository.watchWorkflowRun(watch)
  shop.setRun(id, 'completed', 'cancelled')
  const cancelled = await repository.watchWorkflowRun(watch)

  expect(waiting).toMatchObject({ outcome: 'waiting', run: { status: 'waiting', conclusion: null } })
  expect(blind).toMatchObject({ outcome: 'unknown' })
  expect(done).toMatchObject({ outcome: 'succeeded', run: { id } })
  expect(cancelled).toMatchObject({ outcome: 'failed', run: { conclusion: 'cancelled' } })
})

it('does not take an old answer for the end: stale, then true', async () => {
  await using workshop = await openWorkshop()
  const { repository, shop, github } = workshop
  shop.addWorkflow('deploy.yml')
  const outcome = await repository.dispatchWorkflow(dispatch)
  if (!('run' in outcome)) throw new Error(outcome.reason)
  const { id } = outcome.run
  await repository.watchWorkflowRun({ id, withinMs: 0 })
  shop.setRun(id, 'completed', 'success')
  github.misbehave(({ nth }) => (nth < 6 ? { fault: 'stale' } : null))

  expect(await repository.watchWorkflowRun({ id, withinMs: 600_000 })).toMatchObject({ outcome: 'succeeded' })
  expect(github.calls.get(runEndpoint)).toBe(6)
})

it('stops watching when the run is stopped', async () => {
  await using workshop = await openWorkshop()
  const { repository, clock, stop } = workshop
  clock.duringSleep = () => stop.abort(new Error('stopped'))

  await expect(repository.watchWorkflowRun({ id: 1, withinMs: 600_000 })).rejects.toThrow('stopped')
})

const good = `name: deploy
run-name: deploy \${{ inputs.conduct_run }}
on:
  workflow_dispatch:
    inputs:
      version: { type: string }
      conduct_run:
        required: true
`

it.each([
  [good, 'nothing'],
  [good.replace('inputs.conduct_run }}', 'github.event.inputs.conduct_run }}'), 'nothing'],
  [good.replace('workflow_dispatch', 'push'), 'no workflow_dispatch'],
  [good.replace('      conduct_run:', '      run:'), 'no input conduct_run'],
  [good.replace(/run-name.*\n/, ''), 'run-name does not show'],
  [good.replace('run-name:', '# run-name:'), 'run-name does not show'],
])('says what a workflow file lacks (%#)', (text, problem) => {
  expect(workflowProblem(text) ?? 'nothing').toContain(problem)
})
