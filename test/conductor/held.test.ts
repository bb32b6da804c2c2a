import { describe, expect, it } from 'vitest'
import { openConductor } from './open-conductor.ts'
import { pushChange } from './estate-world.ts'
import { quickLanesYaml } from './quick-estate.ts'
import { useEstates } from './use-estates.ts'

describe('runs that meet', () => {
  const estates = useEstates()

  it('of two started at the same moment one travels; the other is told who, its place, and exits 10', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate)
    await using ana = await openConductor({ ...estate, lanesYaml })
    await using again = await openConductor({ ...estate, lanesYaml })
    const start = { train: 'engine', approve: true, waitMsMax: 0 } as const

    const results = await Promise.all([ana.conductor.runTrain(start), again.conductor.runTrain(start)])

    const held = results.find((result) => result.held !== null)
    const travelled = results.find((result) => result.held === null)
    expect(held).toMatchObject({
      exit: 10,
      held: { lane: 'release_train', outcome: 'queued', position: 1, holder: { run: travelled?.record.run } },
      record: { state: 'waiting_lane', next: `conduct resume ${held?.record.run ?? ''} --wait` },
    })
    expect(travelled).toMatchObject({ exit: 0, record: { state: 'done' } })

    const aborted = await ana.conductor.abortRun({ run: held?.record.run ?? '', reason: 'not needed' })
    expect(aborted.record.state).toBe('aborted')
    expect((await ana.conductor.estateStatus()).lanes).toMatchObject([{ holders: [], waiting: 0 }])
  })

  it('a plan made before travels as it was planned, and not after the producer moved: APPROVAL_VOID', async () => {
    const estate = await estates.fresh()
    const lanesYaml = await quickLanesYaml(estate)
    await using ana = await openConductor({ ...estate, lanesYaml })
    const plan = await ana.conductor.planTrain({ train: 'engine', only: ['shop'] })
    const start = { train: 'engine', plan: plan.id, waitMsMax: 0 } as const

    const waiting = await ana.conductor.runTrain({ ...start, whenHeld: 'fail' })
    await ana.conductor.abortRun({ run: waiting.record.run, reason: 'test' })
    await ana.conductor.approvePlan({ plan: plan.id })
    await pushChange(estate, 'engine', 'NOTES.md', 'moved\n')
    const voided = await ana.conductor.runTrain(start)

    expect({ exit: waiting.exit, planId: waiting.record.planId, leftOut: waiting.record.leftOut }).toEqual({
      exit: 6,
      planId: plan.id,
      leftOut: ['admin'],
    })
    expect({ exit: voided.exit, code: voided.record.stop?.code }).toEqual({ exit: 6, code: 'APPROVAL_VOID' })
  })
})
