import { describe, expect, it } from 'vitest'
import type { ConductEventBody } from '@conduct/core'
import type { Store } from '@conduct/lanes/engine'
import { readWorld } from './estate-world.ts'
import { openConductor } from './open-conductor.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { runChild } from './run-child.ts'
import { useEstates } from './use-estates.ts'

const rule = 'approval: { actions: [publish, deploy], by: [ana], requester_may_approve: true }'
const byTwo = (more = '') =>
  [rule, `approval: { by: [ana, carl], requester_may_approve: true${more} }`] as const

/** The time of day of the store is another than this machine's. */
const later =
  (ms: number) =>
  (store: Store): Store => ({
    ...store,
    register: {
      ...store.register,
      now: async () => {
        const now = await store.register.now()
        return { ...now, wallMs: now.wallMs + ms }
      },
    },
  })

const hourMs = 3_600_000

describe('a plan that waits for an approval', () => {
  const estates = useEstates()

  it('was approved too long ago by the clock of the store: it waits for a fresh one, and never passes', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [byTwo(', expires: 2h')])
    const before = await readWorld(estate)
    await using now = await openConductor({ ...estate, lanesYaml })
    const { record } = await now.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    await now.conductor.approvePlan({ plan: record.run })
    await using then = await openConductor({ ...estate, lanesYaml, over: later(2 * hourMs) })

    const late = await then.conductor.resumeRun({ run: record.run, waitMsMax: 0 })

    expect({ exit: late.exit, state: late.record.state, code: late.record.stop?.code }).toEqual({
      exit: 6,
      state: 'waiting_approval',
      code: 'APPROVAL_EXPIRED',
    })
    expect(late.record.stop?.message).toMatch(
      /by ana is no longer good: it expired at .*; waiting for ana or carl/u,
    )
    expect(await readWorld(estate)).toEqual(before)
    await then.conductor.approvePlan({ plan: record.run })
    const done = await then.conductor.resumeRun({ run: record.run, waitMsMax: 0 })
    expect({ exit: done.exit, state: done.record.state }).toEqual({ exit: 0, state: 'done' })
  })

  it('was denied after it was approved, while the conductor was dead: nothing of it happens', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [byTwo()])
    const before = await readWorld(estate)
    const { dir, storeUrl } = estate
    for (const point of ['approve:acted', 'approve:proved']) {
      const killed = await runChild({ dir, storeUrl, lanesYaml, at: { point, signal: 'SIGKILL' } })
      expect({ signal: killed.signal, stderr: killed.stderr }).toEqual({ signal: 'SIGKILL', stderr: '' })
      await using carl = await openConductor({ ...estate, lanesYaml, as: 'carl' })
      const [left] = await carl.conductor.listRuns()
      const denial = await carl.conductor.denyPlan({ plan: left?.run ?? '', reason: `died at ${point}` })

      const resumed = await carl.conductor.resumeRun({ run: left?.run ?? '', waitMsMax: 30_000 })

      expect({ exit: resumed.exit, stop: resumed.record.stop }).toMatchObject({
        exit: 6,
        stop: { code: 'APPROVAL_DENIED', message: expect.stringContaining(`died at ${point}`) as string },
      })
      expect(resumed.record.approvals).toContainEqual(denial)
      expect(resumed.record.next).toBe(`conduct resume ${left?.run ?? ''} --replan`)
      expect(await readWorld(estate)).toEqual(before)
      await carl.conductor.abortRun({ run: left?.run ?? '', reason: 'denied' })
    }
  })

  it('was denied between the approval and the first irreversible effect: nothing of it happens', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [byTwo()])
    const before = await readWorld(estate)
    await using carl = await openConductor({ ...estate, lanesYaml, as: 'carl' })
    let denying: Promise<unknown> | null = null
    await using ana = await openConductor({
      ...estate,
      lanesYaml,
      hit: (point) => {
        if (point !== 'approve:proved') return
        denying = carl.conductor
          .listRuns()
          .then(([left]) => carl.conductor.denyPlan({ plan: left?.run ?? '', reason: 'wait' }))
      },
      // Whatever asks the store of ana from then on is asked after carl has answered.
      over: (store) => ({
        ...store,
        register: {
          ...store.register,
          read: async (id) => {
            if (id.startsWith('approval/')) await denying
            return await store.register.read(id)
          },
        },
      }),
    })

    const { exit, record } = await ana.conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })

    expect({
      exit,
      code: record.stop?.code,
      phase: record.stop?.phase,
      done: record.irreversibleDone,
    }).toEqual({
      exit: 6,
      code: 'APPROVAL_DENIED',
      phase: 'publish',
      done: false,
    })
    expect(record.approvals.map(({ by, verdict }) => `${by} ${verdict}`)).toEqual([
      'ana approved',
      'carl denied',
    ])
    expect(await readWorld(estate)).toEqual(before)
    expect((await ana.conductor.estateStatus()).lanes).toMatchObject([{ holders: [] }])
  })

  it('is denied: resumed it stays where it is, and once aborted it is over', async () => {
    const estate = await estates.fresh()
    await using ana = await openConductor({ ...estate, lanesYaml: await quickLanesYaml(estate) })
    const { record } = await ana.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    await ana.conductor.denyPlan({ plan: record.planId ?? '', reason: 'not on a Friday' })

    const resumed = await ana.conductor.resumeRun({ run: record.run, waitMsMax: 0 })

    expect(resumed.exit).toBe(6)
    expect(resumed.record.stop).toMatchObject({ code: 'APPROVAL_DENIED' })
    expect(resumed.record.stop?.message).toContain('not on a Friday')
    const aborted = await ana.conductor.abortRun({ run: record.run, reason: 'denied' })
    expect({ exit: aborted.exit, state: aborted.record.state }).toEqual({ exit: 0, state: 'aborted' })
    await expect(ana.conductor.resumeRun({ run: record.run, waitMsMax: 0 })).rejects.toMatchObject({
      code: 'RUN_ENDED',
    })
    await expect(ana.conductor.readRun('no-such-run')).rejects.toMatchObject({ code: 'RUN_UNKNOWN' })
  })

  it('was denied after something irreversible began: that is finished, once', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [byTwo()])
    const { dir, storeUrl } = estate
    const at = { point: 'publish:acted', signal: 'SIGKILL' } as const
    expect((await runChild({ dir, storeUrl, lanesYaml, at })).signal).toBe('SIGKILL')
    await using carl = await openConductor({ ...estate, lanesYaml, as: 'carl' })
    const [left] = await carl.conductor.listRuns()
    await carl.conductor.denyPlan({ plan: left?.run ?? '', reason: 'too late' })

    const resumed = await carl.conductor.resumeRun({ run: left?.run ?? '', waitMsMax: 30_000 })

    expect({ exit: resumed.exit, stop: resumed.record.stop }).toEqual({ exit: 0, stop: null })
    expect([...(await estate.readAttempts()).publishes.values()]).toEqual([1])
  })

  it('keeps its lane where lanes.yaml says hold, says so, and goes on as soon as somebody approves', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [byTwo(', while_waiting: hold')])
    const asked = onceAsked()
    await using ana = await openConductor({ ...estate, lanesYaml, onEvent: asked.onEvent })
    await using carl = await openConductor({ ...estate, lanesYaml, as: 'carl' })

    const travelling = ana.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    const run = await asked.run

    const held = await carl.conductor.readRun(run)
    expect(held).toMatchObject({
      state: 'waiting_approval',
      stop: null,
      asked: { by: ['ana', 'carl'], isHeld: true },
    })
    expect(held.next).toBe(`conduct approve ${held.planId ?? ''}`)
    expect((await carl.conductor.estateStatus()).lanes).toMatchObject([{ holders: ['cli:ana@test'] }])
    expect((await carl.conductor.listRuns())[0]?.stop).toMatch(/^waiting for ana or carl to approve plan/u)

    await Promise.all([
      carl.conductor.approvePlan({ plan: run, note: 'mine' }),
      ana.conductor.approvePlan({ plan: run, note: 'mine, too' }),
    ])
    const done = await travelling

    expect({ exit: done.exit, state: done.record.state }).toEqual({ exit: 0, state: 'done' })
    expect(done.record.openings).toHaveLength(1)
    expect(done.record.approvals).toHaveLength(1)
  })

  it('stops at once when it is denied while the lane is held, and hands the lane back', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [byTwo(', while_waiting: hold')])
    const asked = onceAsked()
    await using ana = await openConductor({ ...estate, lanesYaml, onEvent: asked.onEvent })
    await using carl = await openConductor({ ...estate, lanesYaml, as: 'carl' })

    const travelling = ana.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    await carl.conductor.denyPlan({ plan: await asked.run, reason: 'not now' })
    const denied = await travelling

    expect({ exit: denied.exit, code: denied.record.stop?.code }).toEqual({
      exit: 6,
      code: 'APPROVAL_DENIED',
    })
    expect((await carl.conductor.estateStatus()).lanes).toMatchObject([{ holders: [] }])
  })

  it('shows an answer before anybody resumes, and takes no approval by other rules: APPROVAL_VOID', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate, [byTwo()])
    await using ana = await openConductor({ ...estate, lanesYaml })
    await using other = await openConductor({ ...estate, lanesYaml: `${lanesYaml}# another text\n` })
    const { record } = await ana.conductor.runTrain({ train: 'engine', waitMsMax: 0 })

    await expect(other.conductor.approvePlan({ plan: record.run })).rejects.toMatchObject({
      code: 'APPROVAL_VOID',
      exit: 6,
    })
    expect((await ana.conductor.readRun(record.run)).approvals).toEqual([])
    const approval = await ana.conductor.approvePlan({ plan: record.run })
    expect(await ana.conductor.readRun(record.run)).toMatchObject({
      approvals: [approval],
      next: `conduct resume ${record.run}`,
    })
    await ana.conductor.denyPlan({ plan: record.run, reason: 'after all not' })
    expect((await ana.conductor.readRun(record.run)).next).toBe(`conduct resume ${record.run} --replan`)
    await expect(ana.conductor.approvePlan({ plan: record.run })).rejects.toMatchObject({
      code: 'APPROVAL_DENIED',
    })

    const anew = await ana.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    expect(anew.record).toMatchObject({ planId: `${record.planId ?? ''}-2`, state: 'waiting_approval' })
    expect(anew.record.plan?.hash).toBe(record.plan?.hash)
  })
})

/** Resolves with the run, once it has said that it waits with its lane. */
function onceAsked(): { readonly run: Promise<string>; readonly onEvent: (event: ConductEventBody) => void } {
  const { promise: run, resolve } = Promise.withResolvers<string>()
  return {
    run,
    onEvent: (event) => {
      if (event.type === 'approval_asked') resolve(event.run)
    },
  }
}
