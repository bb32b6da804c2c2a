import { describe, expect, it } from 'vitest'
import { openConductor } from './open-conductor.ts'
import { pushChange, readWorld } from './estate-world.ts'
import { useEstates } from './use-estates.ts'

describe('approvals', () => {
  const estates = useEstates()

  it('waits with the lane handed back, and travels on once somebody who may has approved', async () => {
    const estate = await estates.fresh()
    const before = await readWorld(estate)
    await using carl = await openConductor({ ...estate, as: 'carl' })
    await using ana = await openConductor(estate)

    const waiting = await carl.conductor.runTrain({ train: 'engine', waitMsMax: 0 })

    const { record } = waiting
    expect({ exit: waiting.exit, state: record.state, code: record.stop?.code }).toEqual({
      exit: 6,
      state: 'waiting_approval',
      code: 'APPROVAL_MISSING',
    })
    expect(record.next).toBe(`conduct approve ${record.planId ?? ''} && conduct resume ${record.run}`)
    expect(await readWorld(estate)).toEqual(before)
    expect((await ana.conductor.estateStatus()).lanes).toMatchObject([{ holders: [] }])
    await expect(carl.conductor.approvePlan({ plan: record.planId ?? '' })).rejects.toMatchObject({
      code: 'APPROVAL_REFUSED',
      exit: 6,
    })
    const approval = await ana.conductor.approvePlan({ plan: record.run, note: 'go' })
    expect(approval).toMatchObject({ by: 'ana', proof: 'attributed', verdict: 'approved', note: 'go' })

    const resumed = await carl.conductor.resumeRun({ run: record.run, waitMsMax: 0 })

    expect(resumed.record.stop).toBeNull()
    expect({ exit: resumed.exit, state: resumed.record.state }).toEqual({ exit: 0, state: 'done' })
    expect(resumed.record.approvals).toMatchObject([{ by: 'ana' }])
    expect(resumed.record.openings.map(({ kind }) => kind)).toEqual(['run', 'resume'])
    const [first, second] = resumed.record.openings
    expect(second?.token).toBeGreaterThan(first?.token ?? 0)
  })

  it('is void when the producer moved in between: APPROVAL_VOID names the move, and --replan asks anew', async () => {
    const estate = await estates.fresh()
    await using ana = await openConductor(estate)
    const { record } = await ana.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    await ana.conductor.approvePlan({ plan: record.planId ?? '' })
    await pushChange(estate, 'engine', 'NOTES.md', 'one more thing\n')
    const before = await readWorld(estate)

    const voided = await ana.conductor.resumeRun({ run: record.run, waitMsMax: 0 })

    expect(voided.exit).toBe(6)
    expect(voided.record.stop?.code).toBe('APPROVAL_VOID')
    expect(voided.record.stop?.message).toMatch(/main of engine moved from [0-9a-f]{7} to [0-9a-f]{7}/)
    expect(voided.record.next).toBe(`conduct resume ${record.run} --replan`)
    expect(await readWorld(estate)).toEqual(before)

    const replanned = await ana.conductor.resumeRun({ run: record.run, replan: true, waitMsMax: 0 })
    expect(replanned.record.stop?.code).toBe('APPROVAL_MISSING')
    expect(replanned.record.planId).not.toBe(record.planId)
    const done = await ana.conductor.resumeRun({ run: record.run, approve: true, waitMsMax: 0 })
    expect({ exit: done.exit, state: done.record.state }).toEqual({ exit: 0, state: 'done' })
  })

  it('a denied plan stays where it is: APPROVAL_DENIED says who and why', async () => {
    const estate = await estates.fresh()
    await using ana = await openConductor(estate)
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
})
