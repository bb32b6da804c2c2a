import { describe, expect, it } from 'vitest'
import type { DeployTarget } from '@conduct/conductor'
import { commandBench, gitPushBench, workflowBench } from './deploy-places.ts'

const signal = new AbortController().signal

/** As a step does: made ready, then acted once; what it throws or refuses is its answer. */
async function actWith(target: DeployTarget, act: 'deploy' | 'rollBack'): Promise<string> {
  await target.prepare()
  try {
    const acted = act === 'deploy' ? await target.deploy(signal) : await target.rollBack?.(signal)
    return acted?.outcome === 'refused' ? acted.error.code : (acted?.outcome ?? 'no way')
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

/** Every strategy is held to the same: only what is particular to one stands below. */
describe.each([
  ['command', commandBench],
  ['git_push', gitPushBench],
  ['github_workflow', workflowBench],
] as const)('a target that is deployed by %s', (_strategy, open) => {
  it('runs what was deployed, is asked what runs, and goes back', async () => {
    await using bench = await open()
    const [old, wanted] = bench.commits
    await bench.put(old)
    const target = bench.open({ sha: wanted, previous: old })

    expect(await target.running?.()).toBe(old)
    expect(await actWith(target, 'deploy')).toBe('acted')
    expect(await bench.really()).toBe(wanted)
    expect(await target.running?.()).toBe(wanted)
    expect(await bench.sent()).toBe(1)
    expect(await actWith(target, 'rollBack')).toBe('acted')
    expect(await bench.really()).toBe(old)
  })

  it('has nothing running before its first deploy, and no way back from it', async () => {
    await using bench = await open()
    const [, wanted] = bench.commits
    const target = bench.open({ sha: wanted, previous: null })

    expect(await target.running?.()).toBe('')
    expect(target.rollBack).toBeNull()
    expect(await actWith(target, 'deploy')).toBe('acted')
    expect(await bench.really()).toBe(wanted)
  })

  it('keeps what ran when its deploy fails before it acts', async () => {
    await using bench = await open()
    const [old, wanted] = bench.commits
    await bench.put(old)
    await bench.fail('before')

    const said = await actWith(bench.open({ sha: wanted, previous: old }), 'deploy')

    expect(said).toMatch(/^(?:STEP_COMMAND_FAILED|DEPLOY_REFUSED|DEPLOY_FAILED)$/)
    expect(await bench.really()).toBe(old)
    expect(await bench.sent()).toBe(1)
    await bench.fail(null)
    expect(await actWith(bench.open({ sha: wanted, previous: old }), 'deploy')).toBe('acted')
    expect(await bench.really()).toBe(wanted)
  })

  it('says in a line how it is deployed', async () => {
    await using bench = await open()
    const [old, wanted] = bench.commits

    expect(bench.open({ sha: wanted, previous: old }).how).toMatch(/deploy|push to production/)
  })
})

describe('a branch that deploys what it is sent', () => {
  it('is not moved when somebody deployed meanwhile, forward or back: EXPECTED_STATE', async () => {
    await using bench = await gitPushBench()
    const [old, wanted, other] = bench.commits
    await bench.put(old)
    const target = bench.open({ sha: wanted, previous: old })
    await bench.put(other)

    expect(await actWith(target, 'deploy')).toBe('EXPECTED_STATE')
    expect(await actWith(target, 'rollBack')).toBe('EXPECTED_STATE')
    expect(await bench.really()).toBe(other)
  })

  it('goes back only to a commit that what it runs descends from', async () => {
    await using bench = await gitPushBench()
    const [old, wanted, other] = bench.commits
    await bench.put(old)

    // Forward is no way back, whatever the lease says.
    expect(await actWith(bench.open({ sha: old, previous: other }), 'rollBack')).toBe('DEPLOY_REFUSED')
    expect(await bench.really()).toBe(old)
    expect(await actWith(bench.open({ sha: wanted, previous: 'f'.repeat(40) as never }), 'deploy')).not.toBe(
      'acted',
    )
    expect(await bench.really()).toBe(old)
  })
})

describe('a workflow that deploys', () => {
  it('is dispatched once, however often it is asked for while its run goes on or has succeeded', async () => {
    await using bench = await workflowBench()
    const [old, wanted] = bench.commits
    await bench.put(old)

    expect(await actWith(bench.open({ sha: wanted, previous: old }), 'deploy')).toBe('acted')
    expect(await actWith(bench.open({ sha: wanted, previous: old }), 'deploy')).toBe('acted')
    expect(await bench.sent()).toBe(1)
    expect(await bench.open({ sha: wanted, previous: old }).endOfBegun?.()).toMatchObject({ state: 'goal' })
  })

  it('is dispatched anew, under an id of its own, after its run was seen to fail: DEPLOY_FAILED', async () => {
    await using bench = await workflowBench()
    const [old, wanted] = bench.commits
    await bench.fail('after')

    expect(await actWith(bench.open({ sha: wanted, previous: old }), 'deploy')).toBe('DEPLOY_FAILED')
    expect(await bench.really()).toBe(wanted)
    await bench.fail(null)
    expect(await bench.open({ sha: wanted, previous: old }).endOfBegun?.()).toMatchObject({
      state: 'expected',
    })
    expect(await actWith(bench.open({ sha: wanted, previous: old }), 'deploy')).toBe('acted')
    expect(await bench.sent()).toBe(2)
  })
})
