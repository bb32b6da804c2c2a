import { describe, expect, it } from 'vitest'
import { crashPositions, type StepKind, stepKinds } from '@conduct/conductor'
import { readWorld } from './estate-world.ts'
import { openConductor } from './open-conductor.ts'
import { readPackument } from './packument.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { runChild } from './run-child.ts'
import { useEstates } from './use-estates.ts'

const setting = `        configure:
          - name: engine-flag
            action: env_var
            observe: bin/config get ENGINE_FLAG
            expect: ["", "off"]
            goal: "on"
            apply: bin/config set ENGINE_FLAG on
            undo: bin/config set ENGINE_FLAG off
`

/** Every kind of way back, derived from what steps there are, in the order in which one app and its package meet them. */
const kinds = ['redeploy', 'unconfigure', 'revert', 'dist_tag', 'deprecate'] as const
/** Those that need a forge have their kills in `forge-release.test.ts` and `revert-by-pull-request.test.ts`. */
const atForge = [
  'withdraw_release',
  'withdraw_proposal',
  'propose_revert',
  'revert_pull_request',
  'enqueue_revert',
  'retire_revert',
] as const
const known = (Object.keys(stepKinds) as StepKind[]).filter((kind) => stepKinds[kind] === 'undo')

/**
 * A conductor that is killed once its effect was made leaves a world at its goal: nothing passes `proved` of the same
 * effect after that, so the two stand in chains of their own.
 */
const chains = [
  [
    'claim:acted',
    'claim:proved',
    'keep:acted',
    'keep:proved',
    ...kinds.flatMap((kind) =>
      crashPositions.filter((position) => position !== 'proved').map((position) => `${kind}:${position}`),
    ),
    'release:before',
    'release:acted',
  ],
  [...kinds.map((kind) => `${kind}:proved`), 'release:proved'],
] as const

describe('a way back whose conductor is killed', () => {
  const estates = useEstates()

  it('has every kind of effect in its chains', () => {
    expect(known.toSorted()).toEqual([...kinds, ...atForge].toSorted())
  })

  it.each(chains.map((points) => [points[0] ?? '', points] as const))(
    'at %s and every point after it, one by one, ends as if nothing had happened; each effect was made once',
    async (_first, points) => {
      const estate = await estates.fresh()
      const { dir, storeUrl } = estate
      const before = await readWorld(estate)
      // One app with everything there is to undo: an earlier kill must not skip a later point.
      const lanesYaml = await quickLanesYaml(estate, [[/( {8}deploy:\n)/u, `${setting}$1`]])
      await using ana = await openConductor({ ...estate, lanesYaml })
      const done = await ana.conductor.runTrain({
        train: 'engine',
        only: ['shop'],
        approve: true,
        waitMsMax: 0,
      })
      expect(done.exit).toBe(0)
      const { run } = done.record
      const sent = (await estate.readAttempts()).entries.length

      const ends: string[] = []
      for (const point of points) {
        const { signal, result, stderr } = await runChild({
          dir,
          storeUrl,
          lanesYaml,
          compensate: run,
          at: { point, signal: 'SIGKILL' },
        })
        ends.push(`${point} ${signal ?? `${result?.record.stop?.message ?? 'ended'} ${stderr}`}`)
      }
      const last = await runChild({ dir, storeUrl, lanesYaml, compensate: run })

      expect(ends).toEqual(points.map((point) => `${point} SIGKILL`))
      expect(last.result?.record.stop ?? null).toBeNull()
      expect({ exit: last.exitCode, state: last.result?.record.state }).toEqual({
        exit: 0,
        state: 'compensated',
      })
      const world = await readWorld(estate)
      expect(world.running).toEqual(before.running)
      expect(world.lockfiles).toEqual(before.lockfiles)
      expect(world.mains['shop']).toHaveLength((before.mains['shop']?.length ?? 0) + 2)
      const packument = await readPackument(estate, '@rehearsal/engine')
      expect(packument['dist-tags']['latest']).toBe('1.0.0')
      expect(packument.versions['1.1.0']?.deprecated).toContain(run)
      const made = (await estate.readAttempts()).entries.slice(sent)
      const effects = made.filter(({ kind }) => kind !== 'publish').map(({ kind }) => kind)
      expect(effects.toSorted()).toEqual(['configure', 'deploy', 'push'])
      expect(await ana.conductor.estateStatus()).toMatchObject({
        lanes: [{ lane: 'release_train', holders: [], waiting: 0 }],
      })
    },
    900_000,
  )
})
