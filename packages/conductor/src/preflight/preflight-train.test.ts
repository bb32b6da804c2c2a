import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTrain } from '../open-train.ts'
import { lanesYaml, type ScratchEstate, scratchEstate } from '../scratch-estate.ts'
import { surveyTrain } from '../survey/survey-train.ts'
import { preflightConsumer, preflightTrain } from './preflight-train.ts'

let estate: ScratchEstate
beforeEach(async () => {
  estate = await scratchEstate()
  await estate.addRepo('engine', {})
  await estate.addRepo('shop', {})
})
afterEach(() => estate[Symbol.asyncDispose]())

async function survey(consumers: string, repos: Record<string, string> = {}) {
  const yaml = lanesYaml(estate, {
    repos: { engine: '', shop: '', ...repos },
    train: `producer: { repo: engine, publish: [] }, consumers: [${consumers}]`,
  })
  const context = await openTrain(await estate.conductor(yaml), 'engine')
  return { context, surveyed: await surveyTrain(context) }
}
const missingDeploy = 'deploy: { run: bin/missing, previous: "true", rollback: "true" }'

test('judges every repo by every row that asks it, and tells each verdict as it comes', async () => {
  const { context, surveyed } = await survey('{ repo: shop }')

  const matrix = await preflightTrain(context, surveyed, { overrides: [] })

  const checksOf = (repo: string) => (matrix.get(repo) ?? []).map(({ check }) => check)
  expect(checksOf('engine')).toEqual(
    expect.arrayContaining(['remote', 'main', 'version_free', 'store_clock']),
  )
  expect(checksOf('engine')).not.toContain('deploy_command')
  expect(checksOf('shop')).toEqual(
    expect.arrayContaining(['remote', 'main', 'deploy_command', 'release_age']),
  )
  expect(checksOf('shop')).not.toContain('version_free')
  const told = estate.events.filter(({ type }) => type === 'preflight_row')
  expect(told).toHaveLength(checksOf('engine').length + checksOf('shop').length)
})

test('of a repo that is producer and consumer, the graver verdict counts', async () => {
  const { context, surveyed } = await survey(
    `{ repo: engine, adopt: { via: none }, deploy: { strategy: { github_workflow: { file: deploy.yml } }, previous: "true" } }`,
  )

  const rows = (await preflightTrain(context, surveyed, { overrides: [] })).get('engine') ?? []

  expect(rows.filter(({ check }) => check === 'workflow')).toMatchObject([{ verdict: 'red' }])
  expect(new Set(rows.map(({ check }) => check)).size).toBe(rows.length)
})

test('judges one consumer again where it has moved, by its own rows only', async () => {
  const { context, surveyed } = await survey(`{ repo: shop, ${missingDeploy} }`)
  const [shop] = surveyed.consumers
  if (shop === undefined) throw new Error('no consumer was surveyed')
  await estate.push('shop', { 'a.txt': 'moved' })

  const rows = await preflightConsumer(context, surveyed, shop, { overrides: [] })

  expect(rows.filter(({ verdict }) => verdict === 'red').map(({ check }) => check)).toEqual([
    'main',
    'deploy_command',
  ])
  expect(rows.map(({ check }) => check)).not.toContain('version_free')
})

test('leaves no worktree behind', async () => {
  const { context, surveyed } = await survey(`{ repo: shop, ${missingDeploy} }`)

  await preflightTrain(context, surveyed, { overrides: [] })

  const mirror = surveyed.consumers[0]?.mirror.path ?? ''
  expect(await estate.git(mirror, 'worktree', 'list', '--porcelain')).not.toContain('detached')
})

test('says so when accept_unknown names no check', async () => {
  const { context, surveyed } = await survey('{ repo: shop }')
  const train = { ...context.train, acceptUnknown: ['ci_verdct', 'workflow'] }

  await preflightTrain({ ...context, train }, surveyed, { overrides: [] })

  const warnings = estate.events.filter(({ type }) => type === 'warning')
  expect(warnings).toMatchObject([
    { message: expect.stringContaining('ci_verdct; did you mean "ci_verdict"?') as string },
  ])
})

test('refuses an override of something else before anything is judged', async () => {
  const { context, surveyed } = await survey('{ repo: shop }')
  const overrides = [{ check: 'checkout', repo: 'admin', reason: 'x', by: 'ana' }]

  await expect(preflightTrain(context, surveyed, { overrides })).rejects.toMatchObject({
    code: 'OVERRIDE_UNKNOWN',
  })
  expect(estate.events).toEqual([])
})
