import { describe, expect, it } from 'vitest'
import type { Estate } from '@conduct/rehearsal'
import { readWorld } from './estate-world.ts'
import { openConductor } from './open-conductor.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { runChild } from './run-child.ts'
import { useEstates } from './use-estates.ts'
import { bounded } from '../bounded.ts'

const shopOnly = { train: 'engine', only: ['shop'], approve: true, waitMsMax: 0 } as const

/** The app of shop never answers as it should; what happens then is declared. */
function neverVerified(
  estate: Estate,
  options: { readonly policy: 'offer' | 'automatic'; readonly rollback?: string },
): Promise<string> {
  return quickLanesYaml(estate, [
    [
      /expect: \{ json: \{ sha: "\{sha\}" \} \}, reads: 3, within: 30s/u,
      'expect: { json: { engine: "9.9.9" } }, reads: 2, within: 1s',
    ],
    [
      /rollback: bin\/deploy --sha \{previous_sha\}/u,
      `rollback: ${options.rollback ?? 'bin/deploy --sha {previous_sha}'}\n          on_failed_verify: ${options.policy}`,
    ],
  ])
}

async function deploysOf(estate: Estate): Promise<readonly string[]> {
  const { entries } = await estate.readAttempts()
  return entries.flatMap((attempt) =>
    attempt.kind === 'deploy' && attempt.app === 'shop' ? [attempt.sha] : [],
  )
}

describe('a deploy that does not verify', () => {
  const estates = useEstates()

  it('is rolled back where that is declared, and the record says what runs now: VERIFY_FAILED, exit 9', async () => {
    const estate = await estates.fresh()
    const before = (await readWorld(estate)).running['shop']?.sha
    await using ana = await openConductor({
      ...estate,
      lanesYaml: await neverVerified(estate, { policy: 'automatic' }),
    })

    const { exit, record } = await ana.conductor.runTrain(shopOnly)

    expect({ exit, code: record.stop?.code, phase: record.stop?.phase }).toEqual({
      exit: 9,
      code: 'VERIFY_FAILED',
      phase: 'verify',
    })
    const world = await readWorld(estate)
    expect(world.running['shop']?.sha).toBe(before)
    expect(record.deployed).toMatchObject([
      {
        sha: world.heads['shop'],
        verified: 'no',
        rollback: { outcome: 'rolled_back', running: before },
      },
    ])
    expect(record.stop?.message).toContain(`rolled back: ${before ?? ''} runs`)
    expect(await deploysOf(estate)).toEqual([world.heads['shop'], before])

    const again = await ana.conductor.resumeRun({ run: record.run, waitMsMax: 0 })

    expect({ exit: again.exit, code: again.record.stop?.code }).toEqual({ exit: 9, code: 'VERIFY_FAILED' })
    expect(await deploysOf(estate)).toEqual([world.heads['shop'], before, world.heads['shop'], before])
  })

  it('whose rollback fails, too, says so and what runs as far as it was read: ROLLBACK_FAILED, exit 9', async () => {
    const estate = await estates.fresh()
    await using ana = await openConductor({
      ...estate,
      lanesYaml: await neverVerified(estate, {
        policy: 'automatic',
        rollback: 'sh -c "exit 3" {previous_sha}',
      }),
    })

    const { exit, record } = await ana.conductor.runTrain(shopOnly)

    const world = await readWorld(estate)
    expect({ exit, code: record.stop?.code }).toEqual({ exit: 9, code: 'ROLLBACK_FAILED' })
    expect(record.stop?.message).toContain('exit code 3')
    expect(record.deployed).toMatchObject([
      { verified: 'no', rollback: { outcome: 'failed', running: world.heads['shop'] } },
    ])
    expect(world.running['shop']?.sha).toBe(world.heads['shop'])
  })

  it('is only offered a rollback by default; nothing goes back by itself', async () => {
    const estate = await estates.fresh()
    await using ana = await openConductor({
      ...estate,
      lanesYaml: await neverVerified(estate, { policy: 'offer' }),
    })

    const { exit, record } = await ana.conductor.runTrain(shopOnly)

    const world = await readWorld(estate)
    expect({ exit, code: record.stop?.code }).toEqual({ exit: 9, code: 'VERIFY_FAILED' })
    expect(record.stop?.hint).toMatch(/resume.*bin\/deploy --sha [0-9a-f]{40}.*compensate/u)
    expect(record.deployed).toMatchObject([{ verified: 'no', rollback: null }])
    expect(world.running['shop']?.sha).toBe(world.heads['shop'])
  })

  it.each(bounded(['rollback:acted', 'rollback:intended', 'rollback:proved'], 1))(
    'and whose conductor is killed at %s is rolled back once, and not deployed again by the resume',
    async (point) => {
      const estate = await estates.fresh()
      const { dir, storeUrl } = estate
      const before = (await readWorld(estate)).running['shop']?.sha
      const lanesYaml = await neverVerified(estate, { policy: 'automatic' })
      const killed = await runChild({ dir, storeUrl, lanesYaml, at: { point, signal: 'SIGKILL' } })
      expect(killed.signal).toBe('SIGKILL')
      await using ana = await openConductor({ ...estate, lanesYaml })
      const [left] = await ana.conductor.listRuns()

      const resumed = await ana.conductor.resumeRun({ run: left?.run ?? '', waitMsMax: 30_000 })

      const world = await readWorld(estate)
      expect({ exit: resumed.exit, code: resumed.record.stop?.code }).toEqual({
        exit: 9,
        code: 'VERIFY_FAILED',
      })
      expect(world.running['shop']?.sha).toBe(before)
      expect(await deploysOf(estate)).toEqual([world.heads['shop'], before])
      expect(resumed.record.deployed.find(({ repo }) => repo === 'shop')).toMatchObject({
        verified: 'no',
        rollback: { outcome: 'rolled_back', running: before },
      })
    },
  )
})
