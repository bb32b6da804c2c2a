import { describe, expect, test } from 'vitest'
import { absent, present, unknown } from '@conduct/forge'
import { aConsumer, aDeploy, aTrain } from '../../survey-fixture.ts'
import { atForge } from '../forge-fixture.ts'
import { judge } from '../judge-fixture.ts'
import { row as workflow } from './workflow.ts'

const path = '.github/workflows/deploy.yml'
const text = `run-name: deploy \${{ inputs.conduct_run }}
on:
  workflow_dispatch:
    inputs:
      conduct_run:
        required: true
`
const dispatched = aConsumer({
  deploy: aDeploy({ strategy: { kind: 'github_workflow', file: 'deploy.yml', inputs: {} } }),
})
const tree = (found: string | null) => ({
  readFile: async (asked: string) => (asked === path ? found : null),
  listFiles: async () => [],
})
const active = present({ id: 1, path, isActive: true, said: 'active' })
const judged = (found: string | null, reading: Awaited<ReturnType<typeof readOf>> = active) =>
  judge(workflow, {
    consumer: { consumer: dispatched, tree: tree(found) },
    evidence: { forge: async () => atForge({ readWorkflow: async () => reading }) },
  })
const readOf = (repository: ReturnType<typeof atForge>['repository']) => repository.readWorkflow('deploy.yml')

describe('workflow', () => {
  test('does not apply where none is dispatched', async () => {
    expect((await judge(workflow)).verdict).toBe('not_applicable')
    expect((await judge(workflow, { consumer: {} })).verdict).toBe('not_applicable')
  })

  test('is green for one that exists, shows our id and takes a dispatch', async () => {
    expect(await judged(text)).toMatchObject({ verdict: 'green', covered: '1 of 1 workflows' })
  })

  test('is red for one that does not exist at the frozen commit', async () => {
    expect(await judged(null)).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining(`${path} does not exist`) as string,
    })
  })

  test('is red for one whose runs could not be told apart, or that nobody can dispatch', async () => {
    const without = text.replace(/^run-name.*$/m, 'run-name: deploy')

    expect(await judged(without)).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('run-name') as string,
    })
    expect((await judged('on: push')).verdict).toBe('red')
  })

  test('is red for one that the forge does not know, or that is disabled there', async () => {
    const disabled = present({ id: 1, path, isActive: false, said: 'disabled_manually' })

    expect((await judged(text, absent)).verdict).toBe('red')
    expect(await judged(text, disabled)).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('disabled_manually') as string,
    })
  })

  test('is unknown where the forge does not say', async () => {
    expect((await judged(text, unknown('answered 503'))).verdict).toBe('unknown')
  })

  test('is red where there is no forge to dispatch it', async () => {
    const consumer = { consumer: dispatched, tree: tree(text) }

    expect((await judge(workflow, { consumer, evidence: { forge: async () => null } })).verdict).toBe('red')
  })

  test('looks for the workflow that publishes, too', async () => {
    const train = aTrain({ producer: { repo: 'engine', publish: { workflow: 'release.yml' } } })

    expect((await judge(workflow, { context: { train } })).verdict).toBe('red')
  })
})
