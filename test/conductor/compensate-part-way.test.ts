import { describe, expect, it } from 'vitest'
import { pushChange, readWorld } from './estate-world.ts'
import { openConductor } from './open-conductor.ts'
import { readPackument } from './packument.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { useEstates } from './use-estates.ts'

const start = { train: 'engine', approve: true, waitMsMax: 0 } as const
/** A stopped run keeps its lane; the next conductor gets it when the lease has run out. */
const shortLease = [/(approval: .*\n)/u, '$1    lease: { ttl: 10s, renew: 1s, margin: 2s }\n'] as const
const canary = 'canary-5f0c9d71'

const secretSetting = `        configure:
          - name: engine-key
            action: env_var
            observe: bin/config get ENGINE_KEY
            expect: ["", "off"]
            goal: "${canary}"
            apply: bin/config set ENGINE_KEY ${canary}
            undo: bin/config set ENGINE_KEY off
            secret: true
`

describe('the way back of a run that stopped part-way', () => {
  const estates = useEstates()

  it('leaves what others built on alone, takes the rest back, and is finished or aborted: UNDO_INCOMPLETE', async () => {
    const estate = await estates.fresh()
    const before = await readWorld(estate)
    const lanesYaml = await quickLanesYaml(estate, [
      [/(repo: admin[\s\S]*?run: )bin\/deploy --sha \{sha\}/u, '$1"false"'],
      shortLease,
    ])
    await using ana = await openConductor({ ...estate, lanesYaml })
    const stopped = await ana.conductor.runTrain(start)
    expect({ exit: stopped.exit, code: stopped.record.stop?.code }).toEqual({
      exit: 7,
      code: 'STEP_COMMAND_FAILED',
    })
    const { run } = stopped.record
    const theirs = await pushChange(estate, 'shop', 'theirs.txt', 'built on the adoption\n')

    const view = await ana.conductor.previewCompensation({ run })

    const outlooks = Object.fromEntries(view.ways.map(({ way, outlook }) => [way.id, outlook]))
    expect(outlooks).toEqual({
      'redeploy:admin': 'not_needed',
      'revert:admin': 'to_do',
      'redeploy:shop': 'to_do',
      'revert:shop': 'blocked',
      'dist_tag:@rehearsal/engine@latest': 'to_do',
      'deprecate:@rehearsal/engine@1.1.0': 'to_do',
      'stays:publish:@rehearsal/engine@1.1.0': 'stays',
      'stays:tag:engine-v1.1.0': 'stays',
    })

    const back = await ana.conductor.compensateRun({ run, waitMsMax: 0 })

    expect({ exit: back.exit, code: back.record.stop?.code, phase: back.record.stop?.phase }).toEqual({
      exit: 7,
      code: 'UNDO_INCOMPLETE',
      phase: 'undo',
    })
    expect(back.record.stop?.message).toContain(`shop: revert the adoption commit`)
    expect(back.record.stop?.message).toContain(theirs)
    expect(back.record.next).toBe(`conduct compensate ${run} --yes`)
    const world = await readWorld(estate)
    expect(world.heads['shop']).toBe(theirs)
    expect(world.running).toEqual(before.running)
    expect(world.lockfiles['admin']).toBe(before.lockfiles['admin'])
    expect((await readPackument(estate, '@rehearsal/engine'))['dist-tags']['latest']).toBe('1.0.0')
    await expect(ana.conductor.resumeRun({ run, waitMsMax: 0 })).rejects.toMatchObject({
      code: 'RUN_COMPENSATING',
    })

    await using carl = await openConductor({ ...estate, lanesYaml, as: 'carl' })
    const refused = await carl.conductor.runTrain({ train: 'engine', waitMsMax: 60_000 })
    expect({ exit: refused.exit, code: refused.record.stop?.code }).toEqual({
      exit: 3,
      code: 'RUN_UNFINISHED',
    })
    expect(refused.record.stop?.hint).toContain(`--acknowledge ${run}`)

    const repeated = await ana.conductor.compensateRun({ run, waitMsMax: 0 })
    expect(repeated.record.stop?.code).toBe('UNDO_INCOMPLETE')
    expect(await readWorld(estate)).toEqual(world)

    const aborted = await ana.conductor.abortRun({ run, reason: 'shop keeps it' })
    expect({ exit: aborted.exit, state: aborted.record.state }).toEqual({ exit: 0, state: 'aborted' })
    const free = await carl.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    expect(free.record.stop?.code).toBe('PREFLIGHT_REFUSED')
  })

  it('is acknowledged by name: the note is gone, and the run can still be taken back', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [
      [/run: bin\/deploy --sha \{sha\}/u, 'run: "false"'],
      shortLease,
    ])
    await using ana = await openConductor({ ...estate, lanesYaml })
    const stopped = await ana.conductor.runTrain({ ...start, only: ['shop'] })
    const { run } = stopped.record
    expect(stopped.exit).toBe(7)

    const seen = await ana.conductor.runTrain({ ...start, waitMsMax: 60_000, acknowledge: [run] })
    const after = await ana.conductor.runTrain(start)

    // Nothing but that the version is live by now stands in their way.
    expect([seen.record.stop?.code, after.record.stop?.code]).toEqual([
      'PREFLIGHT_REFUSED',
      'PREFLIGHT_REFUSED',
    ])
    const back = await ana.conductor.compensateRun({ run, waitMsMax: 0 })
    expect({ stop: back.record.stop, state: back.record.state }).toEqual({ stop: null, state: 'compensated' })
  })

  it('that has changed nothing has nothing to take back: RUN_NOT_BEGUN, and quiet once it has ended', async () => {
    const estate = await estates.fresh()
    await using ana = await openConductor({ ...estate, lanesYaml: await quickLanesYaml(estate) })
    const waiting = await ana.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    const { run } = waiting.record
    expect(waiting.exit).toBe(6)

    await expect(ana.conductor.compensateRun({ run, waitMsMax: 0 })).rejects.toMatchObject({
      code: 'RUN_NOT_BEGUN',
      next: expect.stringContaining(`abort ${run}`) as string,
    })
    await ana.conductor.abortRun({ run, reason: 'no' })
    const quiet = await ana.conductor.compensateRun({ run, waitMsMax: 0 })

    expect({ exit: quiet.exit, state: quiet.record.state }).toEqual({ exit: 0, state: 'aborted' })
  })

  it('undoes settings; a secret one is in no journal, event, plan or view', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [[/( {8}deploy:\n)/u, `${secretSetting}$1`]])
    await using ana = await openConductor({ ...estate, lanesYaml })
    const value = async () =>
      ((await (await fetch(`${estate.platformUrl}/config/shop/ENGINE_KEY`)).json()) as { value: string })
        .value
    const done = await ana.conductor.runTrain({ ...start, only: ['shop'] })
    expect({ exit: done.exit, value: await value() }).toEqual({ exit: 0, value: canary })

    const view = await ana.conductor.previewCompensation({ run: done.record.run })
    const back = await ana.conductor.compensateRun({ run: done.record.run, waitMsMax: 0 })

    expect({ state: back.record.state, value: await value() }).toEqual({ state: 'compensated', value: 'off' })
    const journal = await ana.store.log.read(`run/${done.record.run}/journal`)
    const said = JSON.stringify([journal, ana.events, view, back.record])
    expect(said).toContain('unconfigure:shop:engine-key')
    expect(said).not.toContain(canary)
  })
})
