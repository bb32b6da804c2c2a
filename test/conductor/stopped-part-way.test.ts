import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Estate } from '@conduct/rehearsal'
import { openConductor } from './open-conductor.ts'
import { git, readWorld } from './estate-world.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { useEstates } from './use-estates.ts'

const start = { train: 'engine', approve: true, waitMsMax: 0 } as const

/** Somebody else acts at exactly this moment: a crash point is a place to stand. */
function at(point: string, act: () => void) {
  return (hit: string, step: string) => {
    if (hit === point || `${hit}@${step}` === point) act()
  }
}

function gitNow(estate: Estate, repo: string, ...args: string[]): string {
  const path = (estate.remotes[repo] ?? '').replace('file://', '')
  const identity = ['-c', 'user.name=Carl', '-c', 'user.email=carl@acme.example']
  return execFileSync('git', ['-C', path, ...identity, ...args], { encoding: 'utf8' }).trim()
}

/** A commit on top of main, in the bare remote, without a checkout. */
function commitNow(estate: Estate, repo: string): string {
  return gitNow(estate, repo, 'commit-tree', 'main^{tree}', '-p', 'main', '-m', 'meanwhile')
}

describe('what stops a run part-way', () => {
  const estates = useEstates()

  it('several consumers that fail are each named, exit 7; replanned with working commands it finishes', async () => {
    const estate = await estates.fresh()
    const broken = await quickLanesYaml(estate, [
      [/run: bin\/deploy --sha \{sha\}/u, 'run: "false"'],
      [/run: bin\/deploy --sha \{sha\}/u, 'run: "true"'],
    ])
    await using ana = await openConductor({ ...estate, lanesYaml: broken })

    const stopped = await ana.conductor.runTrain(start)

    expect(stopped.exit).toBe(7)
    expect(stopped.record.stop?.code).toBe('CONSUMERS_FAILED')
    expect(stopped.record.stop?.message).toMatch(
      /shop \(deploy\).*exit code 1.*admin \(deploy\).*still runs/su,
    )
    const failed = stopped.record.steps.filter((step) => step.state === 'failed')
    expect(failed.map(({ id, repo }) => `${id} ${repo ?? ''}`)).toEqual([
      'deploy:shop shop',
      'deploy:admin admin',
    ])
    expect(stopped.record.adopted).toHaveLength(2)

    const working = await quickLanesYaml(estate)
    await using again = await openConductor({ ...estate, lanesYaml: working })
    const voided = await again.conductor.resumeRun({ run: stopped.record.run, waitMsMax: 0 })
    expect({ exit: voided.exit, code: voided.record.stop?.code }).toEqual({ exit: 7, code: 'APPROVAL_VOID' })
    const done = await again.conductor.resumeRun({
      run: stopped.record.run,
      replan: true,
      approve: true,
      waitMsMax: 0,
    })
    expect(done.record.stop).toBeNull()
    expect({ exit: done.exit, state: done.record.state }).toEqual({ exit: 0, state: 'done' })
    expect([...(await estate.readAttempts()).publishes.values()]).toEqual([1])
    const world = await readWorld(estate)
    for (const { name } of estate.consumers) expect(world.running[name]?.sha).toBe(world.heads[name])
    expect((await again.conductor.listRuns()).map(({ state }) => state)).toEqual(['done'])
  })

  it('a deploy that exits 0 and changes nothing is no deploy: DEPLOY_INEFFECTIVE, exit 7', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [[/run: bin\/deploy --sha \{sha\}/u, 'run: "true"']])
    await using ana = await openConductor({ ...estate, lanesYaml })

    const { exit, record } = await ana.conductor.runTrain({ ...start, only: ['shop'] })

    expect({ exit, code: record.stop?.code }).toEqual({ exit: 7, code: 'DEPLOY_INEFFECTIVE' })
    expect(record.leftOut).toEqual(['admin'])
  })

  it('main that moves under every push: ADOPT_RACE with each head, exit 7', async () => {
    const estate = await estates.fresh()
    const hit = at('adopt:intended@adopt:shop', () => {
      gitNow(estate, 'shop', 'update-ref', 'refs/heads/main', commitNow(estate, 'shop'))
    })
    await using ana = await openConductor({ ...estate, lanesYaml: await quickLanesYaml(estate), hit })

    const { exit, record } = await ana.conductor.runTrain(start)

    expect({ exit, code: record.stop?.code, phase: record.stop?.phase }).toEqual({
      exit: 7,
      code: 'ADOPT_RACE',
      phase: 'adopt',
    })
    expect(await git(estate, 'shop', 'log', '--format=%s', 'main')).toBe(
      ['meanwhile', 'meanwhile', 'meanwhile', 'shop: sell things'].join('\n'),
    )
    const world = await readWorld(estate)
    expect(world.running['admin']?.sha).toBe(world.heads['admin'])
  })

  it('remotes that refuse: TAG_REFUSED, then ADOPT_REFUSED, with their words; resume finishes', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate)
    for (const repo of ['engine', 'shop']) writeHook(estate, repo, 'echo "house rules" >&2; exit 1')
    await using ana = await openConductor({ ...estate, lanesYaml })

    const tag = await ana.conductor.runTrain(start)
    writeHook(estate, 'engine', 'exit 0')
    const adopt = await ana.conductor.resumeRun({ run: tag.record.run, waitMsMax: 0 })
    writeHook(estate, 'shop', 'exit 0')
    const done = await ana.conductor.resumeRun({ run: tag.record.run, waitMsMax: 0 })

    expect({ exit: tag.exit, code: tag.record.stop?.code }).toEqual({ exit: 7, code: 'TAG_REFUSED' })
    expect(tag.record.stop?.message).toContain('house rules')
    expect({ exit: adopt.exit, code: adopt.record.stop?.code }).toEqual({ exit: 7, code: 'ADOPT_REFUSED' })
    expect(done.record.stop).toBeNull()
    expect({ exit: done.exit, state: done.record.state }).toEqual({ exit: 0, state: 'done' })
    expect([...(await estate.readAttempts()).publishes.values()]).toEqual([1])
  })

  it('a tag that somebody sets elsewhere meanwhile is never moved: EXPECTED_STATE, exit 7', async () => {
    const estate = await estates.fresh()
    const hit = at('publish:proved', () => {
      gitNow(estate, 'engine', 'update-ref', 'refs/tags/engine-v1.1.0', 'refs/tags/engine-v1.0.0^{commit}')
    })
    await using ana = await openConductor({ ...estate, lanesYaml: await quickLanesYaml(estate), hit })
    const elsewhere = await git(estate, 'engine', 'rev-parse', 'engine-v1.0.0^{commit}')

    const { exit, record } = await ana.conductor.runTrain(start)

    expect({ exit, code: record.stop?.code }).toEqual({ exit: 7, code: 'EXPECTED_STATE' })
    expect(record.stop?.message).toContain(elsewhere)
    expect(await git(estate, 'engine', 'rev-parse', 'engine-v1.1.0')).toBe(elsewhere)
    expect(record.adopted).toEqual([])
  })

  it('somebody deploys something else meanwhile: EXPECTED_STATE, and their deploy stays', async () => {
    const estate = await estates.fresh()
    const other = commitNow(estate, 'shop')
    gitNow(estate, 'shop', 'update-ref', 'refs/heads/other', other)
    const hit = at('adopt:proved@adopt:shop', () => {
      const body = JSON.stringify({ app: 'shop', sha: other })
      execFileSync('node', [
        '-e',
        `fetch(${JSON.stringify(`${estate.platformUrl}/deploy`)}, { method: 'POST', body: ${JSON.stringify(body)} }).then((r) => process.exit(r.ok ? 0 : 1))`,
      ])
    })
    await using ana = await openConductor({ ...estate, lanesYaml: await quickLanesYaml(estate), hit })

    const { exit, record } = await ana.conductor.runTrain(start)

    expect({ exit, code: record.stop?.code, phase: record.stop?.phase }).toEqual({
      exit: 7,
      code: 'EXPECTED_STATE',
      phase: 'deploy',
    })
    expect(record.stop?.message).toContain(other)
    expect((await readWorld(estate)).running['shop']?.sha).toBe(other)
  })
})

function writeHook(estate: Estate, repo: string, script: string): void {
  const path = (estate.remotes[repo] ?? '').replace('file://', '')
  execFileSync('sh', [
    '-c',
    `printf '#!/bin/sh\\n%s\\n' "$1" > "$2" && chmod 755 "$2"`,
    'sh',
    script,
    `${path}/hooks/update`,
  ])
}
