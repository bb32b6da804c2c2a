import { describe, expect, test } from 'vitest'
import { pushChange, readWorld } from '../conductor/estate-world.ts'
import { useEstates } from '../conductor/use-estates.ts'
import { photograph, trainProcess, expectExit } from './train-process.ts'

describe('a run and its approval', () => {
  const estates = useEstates()

  test('without one it waits with the lane handed back; who may not is refused; who may lets it travel', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    await train.declare([
      ['requester_may_approve: true', 'requester_may_approve: false'],
      ['by: [ana]', 'by: [ana, carl]'],
    ])
    const before = await photograph(estate)

    const waiting = await train.json(['run', 'engine'])

    expect(waiting.exit).toBe(6)
    const { run, plan } = waiting.document
    expect(waiting.document).toMatchObject({ ok: false, state: 'waiting_approval', irreversible_done: false })
    expect(waiting.document.error?.code).toBe('APPROVAL_MISSING')
    expect(waiting.document.next).toMatch(new RegExp(` approve ${plan?.id ?? '?'}$`, 'u'))
    expect(waiting.document.next).not.toContain('--as')
    expect(await photograph(estate)).toEqual(before)

    // Others may have the lane meanwhile.
    const other = await train.conduct(['exec', 'release_train', '--repo', 'engine', '--', 'true'], {
      as: 'cli:carl@other',
    })
    expectExit(other, 0)
    const reported = await train.conduct(['report', run])
    expect(reported.stdout).toMatch(new RegExp(` approve ${plan?.id ?? '?'}$`, 'mu'))
    expect(reported.stdout).not.toContain('--as')
    const shown = await train.conduct(['status', run])
    expect(shown.stdout).toContain(`waits for an approval of plan ${plan?.id ?? '?'}`)
    const glance = await train.conduct(['status'])
    expect(glance.stdout).toMatch(new RegExp(`${run}\\s+engine, waiting approval`, 'u'))
    expect(glance.stdout).toMatch(/release_train\s+free/u)

    const refused = [
      [{ as: 'agent:fleet-1' }, /agent/u],
      [{ as: 'cli:zoe@home' }, /zoe/u],
      [{ as: 'cli:ana@test' }, /ana .*(asked|requested|own)/u],
    ] as const
    for (const [options, why] of refused) {
      const answer = await train.json(['approve', run], options)
      expectExit(answer, 6)
      expect(answer.document.error?.code).toBe('APPROVAL_REFUSED')
      expect(answer.document.error?.message).toMatch(why)
    }
    const self = await train.json(['resume', run, '--approve'])
    expect(self.exit).toBe(6)
    expect(self.document.error?.code).toBe('APPROVAL_REFUSED')
    expect(await photograph(estate)).toEqual(before)

    const approved = await train.conduct(['approve', run, '--note', 'looked at it'], { as: 'cli:carl@desk' })
    expectExit(approved, 0)
    expect(approved.stdout).toMatch(new RegExp(`Next: .* resume ${run}$`, 'mu'))
    const done = await train.json(['resume', run])

    expectExit(done, 0)
    expect(done.document).toMatchObject({ state: 'done', approvals: [{ by: 'carl', verdict: 'approved' }] })
    const world = await readWorld(estate)
    for (const name of ['shop', 'admin']) expect(world.running[name]?.sha).toBe(world.heads[name])
    expect([...(await estate.readAttempts()).publishes.values()]).toEqual([1])
    const [first, second] = done.document.openings
    expect(second?.token).toBeGreaterThan(first?.token ?? Infinity)
  })

  test('a producer commit in between voids it and is named; denied, it stays where it is', async () => {
    const estate = await estates.fresh()
    const train = await trainProcess(estate)
    await train.declare()
    const { document: waiting } = await train.json(['run', 'engine'])
    expect((await train.conduct(['approve', waiting.run])).exit).toBe(0)
    await pushChange(estate, 'engine', 'NOTES.md', 'one more thing\n')
    const before = await photograph(estate)

    const voided = await train.conduct(['resume', waiting.run])

    expect(voided.exit).toBe(6)
    expect(voided.stdout).toMatch(
      /error APPROVAL_VOID: .*main of engine moved from [0-9a-f]{7} to [0-9a-f]{7}/u,
    )
    expect(voided.stdout).toMatch(new RegExp(`^Next: .* resume ${waiting.run} --replan$`, 'mu'))
    expect(await photograph(estate)).toEqual(before)

    const replanned = await train.json(['resume', waiting.run, '--replan'])
    expect([replanned.exit, replanned.document.error?.code]).toEqual([6, 'APPROVAL_MISSING'])
    const denied = await train.conduct(['deny', waiting.run, '--reason', 'not on a Friday'])
    expectExit(denied, 0)
    expect(denied.stdout).toContain('not on a Friday')
    const again = await train.json(['resume', waiting.run])
    expect([again.exit, again.document.error?.code]).toEqual([6, 'APPROVAL_DENIED'])
    expect(again.document.error?.message).toContain('not on a Friday')
    const lane = await train.json(['lane', 'show', 'release_train'])
    expect(lane.document).toMatchObject({ holders: [] })
    expect(await photograph(estate)).toEqual(before)
  })
})
