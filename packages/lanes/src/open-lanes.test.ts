import { describe, expect, test } from 'vitest'
import type { AcquireOptions, AcquireResult, Lease } from './api.ts'
import { claimOfSecret, newSecret } from './claim-secret.ts'
import type { LaneDocument } from './document.ts'
import { quickDefinition } from './testing/lane-definitions.ts'
import { openLanePlace } from './testing/lane-place.ts'

const unattended: AcquireOptions = { resources: ['shop'], waitMsMax: 0, attended: false }
const attended: AcquireOptions = { ...unattended, attended: true }

function leaseOf(result: AcquireResult): Lease {
  if (result.outcome !== 'granted') throw new Error(`expected a lease, got ${result.outcome}`)
  return result.lease
}

describe('acquire', () => {
  test('grants a free lane, with a token that rises with every grant', async () => {
    await using place = await openLanePlace()
    const lane = place.open('ana').lane('lane')

    const first = leaseOf(await lane.acquire(attended))
    expect(await first.release()).toBe('released')
    const second = leaseOf(await lane.acquire(attended))

    expect(second.token).toBeGreaterThan(first.token)
    expect(first.isHeld()).toBe(false)
    expect(second.isHeld()).toBe(true)
    expect(await second.release()).toBe('released')
    expect(await second.release()).toBe('not_held')
  })

  test('answers "queued" with the holder, the place and the blockers of a held lane', async () => {
    await using place = await openLanePlace()
    await using lease = leaseOf(
      await place
        .open('ana')
        .lane('lane')
        .acquire({ ...attended, task: 'T-1', contact: 'https://chat' }),
    )

    const result = await place.open('ben').lane('lane').acquire(unattended)

    expect(result).toMatchObject({
      outcome: 'queued',
      position: 1,
      holder: { claim: lease.claim, holder: 'cli:ana@host', task: 'T-1', contact: 'https://chat' },
      blockers: [{ claim: lease.claim }],
      estimate: null,
    })
  })

  test('refuses or steps aside when asked to, and keeps no place then', async () => {
    await using place = await openLanePlace()
    await using lease = leaseOf(await place.open('ana').lane('lane').acquire(attended))
    const lane = place.open('ben').lane('lane')

    const failed = await lane.acquire({ ...unattended, whenHeld: 'fail' })
    const skipped = await lane.acquire({ ...unattended, whenHeld: 'skip' })

    expect(failed).toMatchObject({ outcome: 'refused', because: 'held', holder: { claim: lease.claim } })
    expect(skipped).toMatchObject({ outcome: 'skipped', because: 'held' })
    expect((await lane.inspect()).waiting).toEqual([])
  })

  test('asking again with the secret returns the claim one has, held or in line', async () => {
    await using place = await openLanePlace()
    const secret = newSecret()
    const lane = place.open('ana').lane('lane')
    const first = leaseOf(await lane.acquire({ ...unattended, secret }))
    const waiter = place.open('ben').lane('lane')
    const queued = await waiter.acquire(unattended)

    const again = leaseOf(await lane.acquire({ ...unattended, secret }))

    expect(again).toMatchObject({ claim: first.claim, token: first.token })
    if (queued.outcome !== 'queued') throw new Error('expected a place in line')
    expect(await waiter.acquire({ ...unattended, secret: queued.secret })).toMatchObject({
      outcome: 'queued',
      claim: queued.claim,
    })
  })

  test('the same name without the secret is somebody else', async () => {
    await using place = await openLanePlace()
    const lane = place.open('ana').lane('lane')
    const mine = leaseOf(await lane.acquire(unattended))

    expect(await lane.acquire(unattended)).toMatchObject({
      outcome: 'queued',
      holder: { holder: 'cli:ana@host' },
    })
    expect(await lane.release({ claim: mine.claim, secret: newSecret() })).toBe('not_held')
    await expect(lane.renew({ claim: mine.claim, secret: newSecret() })).rejects.toMatchObject({
      code: 'LEASE_LOST',
      exit: 11,
    })
    expect(mine.isHeld()).toBe(true)
  })

  test('stores only the hash of a secret', async () => {
    await using place = await openLanePlace()
    const secret = newSecret()
    const lane = place.open('ana').lane('lane')

    await lane.acquire({ ...unattended, secret })

    const stored = JSON.stringify([(await lane.inspect()).document, await lane.history()])
    expect(stored).not.toContain(secret)
  })

  test('waits for its turn, accepts the offer, and its lease begins with that', async () => {
    await using place = await openLanePlace()
    const first = leaseOf(await place.open('ana').lane('lane').acquire(attended))
    const waiting = place
      .open('ben')
      .lane('lane')
      .acquire({ ...attended, waitMsMax: 30_000 })

    await first.release()
    await using second = leaseOf(await waiting)

    expect(second.token).toBeGreaterThan(first.token)
    expect((await place.open('eve').lane('lane').inspect()).holders).toMatchObject([{ state: 'held' }])
  })

  test('leaves the line when its signal aborts', async () => {
    await using place = await openLanePlace()
    await using lease = leaseOf(await place.open('ana').lane('lane').acquire(attended))
    const controller = new AbortController()
    const lane = place
      .open('ben', {
        emit: (event) => {
          if (event.type === 'lane_changed' && event.change === 'queued') controller.abort(new Error('stop'))
        },
      })
      .lane('lane')

    await expect(lane.acquire({ ...attended, waitMsMax: 30_000, signal: controller.signal })).rejects.toThrow(
      'stop',
    )

    const view = await lane.inspect()
    expect(view.waiting).toEqual([])
    expect(view.recent).toMatchObject([{ outcome: 'left' }])
    expect(lease.isHeld()).toBe(true)
  })

  test('LANE_REQUEST and NOT_A_HOLDER are mistakes of the asker, LINE_FULL is an answer', async () => {
    await using place = await openLanePlace({
      lane: { holders: ['ana'] },
      whole: { scope: 'global' },
      short: { waitingMax: 1 },
    })

    const lanes = place.open('ben')
    await expect(lanes.lane('lane').acquire(unattended)).rejects.toMatchObject({
      code: 'NOT_A_HOLDER',
      exit: 6,
    })
    await expect(lanes.lane('whole').acquire(unattended)).rejects.toMatchObject({
      code: 'LANE_REQUEST',
      exit: 2,
    })
    await lanes.lane('short').acquire(unattended)
    await lanes.lane('short').acquire(unattended)
    expect(await lanes.lane('short').acquire(unattended)).toMatchObject({
      outcome: 'refused',
      because: 'line_full',
    })
    expect(() => lanes.lane('nolane')).toThrow(expect.objectContaining({ code: 'LANE_UNKNOWN', exit: 4 }))
  })
})

describe('several lanes and child processes', () => {
  test('LANE_ORDER: an earlier lane is refused while a later one is held', async () => {
    await using place = await openLanePlace({ first: {}, second: {} })
    const lanes = place.open('ana')
    const second = leaseOf(await lanes.lane('second').acquire(attended))

    await expect(lanes.lane('first').acquire(attended)).rejects.toMatchObject({ code: 'LANE_ORDER', exit: 2 })

    await second.release()
    await using first = leaseOf(await lanes.lane('first').acquire(attended))
    await using again = leaseOf(await lanes.lane('second').acquire(attended))
    expect([first.isHeld(), again.isHeld()]).toEqual([true, true])
  })

  test('a child inherits a part of its parent’s claim and cannot hand it back', async () => {
    await using place = await openLanePlace()
    const parent = leaseOf(
      await place
        .open('ana')
        .lane('lane')
        .acquire({ ...attended, resources: ['shop', 'admin'] }),
    )

    const child = place.open('ana', { parentClaim: parent.secret }).lane('lane')
    const part = leaseOf(await child.acquire(attended))

    expect(part).toMatchObject({ claim: parent.claim, token: parent.token, resources: ['shop'] })
    expect(await part.release()).toBe('not_held')
    expect(parent.isHeld()).toBe(true)
    expect(await parent.release()).toBe('released')
  })

  test('a child that asks for more than its parent holds is refused at once, also for a wait', async () => {
    await using place = await openLanePlace({ first: {}, lane: {} })
    await using parent = leaseOf(await place.open('ana').lane('lane').acquire(attended))
    const lanes = place.open('ana', { parentClaim: `${newSecret()},${parent.secret}` })

    const more = await lanes
      .lane('lane')
      .acquire({ ...attended, resources: ['shop', 'x'], waitMsMax: 60_000 })

    expect(more).toMatchObject({ outcome: 'refused', because: 'beyond_parent' })
    await expect(lanes.lane('first').acquire(attended)).rejects.toMatchObject({ code: 'LANE_ORDER' })
  })
})

describe('captains', () => {
  test('move, pause and assign; everybody else gets NOT_CAPTAIN', async () => {
    await using place = await openLanePlace()
    await using lease = leaseOf(await place.open('ana').lane('lane').acquire(attended))
    const captain = place.open('captain').lane('lane')
    const ben = await place.open('ben').lane('lane').acquire(unattended)
    const eve = await place.open('eve').lane('lane').acquire(unattended)
    if (ben.outcome !== 'queued' || eve.outcome !== 'queued') throw new Error('expected places in line')

    await captain.move(eve.claim, 'first')
    await captain.pause({ claim: ben.claim, reason: 'on holiday' })

    const view = await captain.inspect()
    expect(view.waiting).toMatchObject([{ claim: eve.claim }, { claim: ben.claim, paused: 'on holiday' }])
    await captain.unpause({ claim: ben.claim })
    await expect(place.open('ben').lane('lane').move(ben.claim, 'first')).rejects.toMatchObject({
      code: 'NOT_CAPTAIN',
      exit: 6,
      message: expect.stringMatching(/^ben is no captain/),
    })
    await expect(captain.move(lease.claim, 'first')).rejects.toMatchObject({ code: 'CLAIM_UNKNOWN', exit: 4 })
    const { claim } = await captain.assign({ holder: 'zoe', resources: ['docs'], forMs: 60_000 })
    const taken = leaseOf(
      await place
        .open('zoe')
        .lane('lane')
        .acquire({ ...unattended, resources: ['docs'] }),
    )
    expect(taken.claim).toBe(claim)
  })

  test('force release needs the exact token; the holder’s next effect is refused, then it acknowledges', async () => {
    await using place = await openLanePlace()
    const lease = leaseOf(await place.open('ana').lane('lane').acquire(attended))
    const captain = place.open('captain').lane('lane')

    await expect(captain.forceRelease({ token: lease.token + 1, reason: 'stuck' })).rejects.toMatchObject({
      code: 'TOKEN_STALE',
      exit: 13,
    })
    expect(await captain.forceRelease({ token: lease.token, reason: 'stuck' })).toEqual({
      claim: lease.claim,
    })

    let isCalled = false
    const effect = lease.guard({ name: 'publish', timeoutMs: 10, renewFirst: true }, async () => {
      isCalled = true
    })
    await expect(effect).rejects.toMatchObject({ code: 'LEASE_LOST', exit: 11 })
    expect(isCalled).toBe(false)
    expect(lease.signal.aborted).toBe(true)
    await using next = leaseOf(
      await place
        .open('ben')
        .lane('lane')
        .acquire({ ...attended, waitMsMax: 9000 }),
    )
    expect(next.token).toBeGreaterThan(lease.token + 1)
    expect(await lease.release()).toBe('not_held')
  })

  test('apply replaces the definition; one that cannot work is LANE_DEFINITION', async () => {
    await using place = await openLanePlace()
    const lane = place.open('captain').lane('lane')
    const { definition } = (await lane.inspect()).document
    await using lease = leaseOf(await lane.acquire(attended))

    expect(await lane.apply(definition)).toBe('unchanged')
    expect(await lane.apply({ ...definition, limit: 2 })).toBe('applied')
    await expect(lane.apply({ ...definition, ttlMs: 1 })).rejects.toMatchObject({
      code: 'LANE_DEFINITION',
      exit: 2,
    })

    expect((await lane.inspect()).definitionDiffers).toBe(true)
    await using second = leaseOf(await place.open('ben').lane('lane').acquire(attended))
    expect([lease.isHeld(), second.isHeld()]).toEqual([true, true])
  })
})

describe('runs', () => {
  test('a parked place blocks nobody and is taken up by its run with a higher token', async () => {
    await using place = await openLanePlace()
    const run = 'r1' as AcquireOptions['run'] & {}
    const lane = place.open('ana').lane('lane')
    const lease = leaseOf(await lane.acquire({ ...attended, run }))

    await lane.park(lease)

    expect(lease.isHeld()).toBe(false)
    const other = leaseOf(await place.open('ben').lane('lane').acquire(attended))
    await other.release()
    await using resumed = leaseOf(await lane.acquire({ ...attended, resumes: run }))
    expect(resumed.token).toBeGreaterThan(lease.token)
  })

  test('a kept lease survives disposing; a stopped one is taken up by its own run at once and by nobody else', async () => {
    await using place = await openLanePlace()
    const run = 'r1' as AcquireOptions['run'] & {}
    const lane = place.open('ana').lane('lane')
    {
      await using lease = leaseOf(await lane.acquire({ ...attended, run }))
      await lease.keep({ reason: 'published 4.3.0' })
    }
    expect(await lane.acquire({ ...attended, resumes: run })).toMatchObject({ outcome: 'refused' })

    const view = await lane.inspect()
    expect(view.holders).toMatchObject([{ kept: 'published 4.3.0', run }])

    const second = 'r2' as AcquireOptions['run'] & {}
    const stopped = leaseOf(await lane.acquire({ ...attended, resources: ['docs'], run: second }))
    await stopped.stop({ reason: 'adoption failed' })
    expect(await lane.acquire({ ...unattended, resources: ['docs'], whenHeld: 'fail' })).toMatchObject({
      outcome: 'refused',
    })
    await using resumed = leaseOf(await lane.acquire({ ...attended, resources: ['docs'], resumes: second }))
    expect(resumed.token).toBeGreaterThan(stopped.token)
  })

  test('a place in line that was assigned is left by the secret of whoever asked for it', async () => {
    await using place = await openLanePlace()
    const captain = place.open('captain').lane('lane')
    await using lease = leaseOf(await place.open('ben').lane('lane').acquire(attended))
    const { claim } = await captain.assign({ holder: 'zoe', resources: ['shop'], forMs: 60_000 })
    const zoe = place.open('zoe').lane('lane')
    const secret = newSecret()
    expect(await zoe.acquire({ ...unattended, secret })).toMatchObject({ outcome: 'queued', claim })

    const left = await zoe.leave({ claim: claimOfSecret(secret), secret })

    expect(left).toBe('left')
    const view = await captain.inspect()
    expect(view.waiting).toEqual([])
    expect(view.recent).toContainEqual({ claim, holder: expect.stringContaining('zoe'), outcome: 'left' })
    expect(lease.isHeld()).toBe(true)
  })

  test('an offered turn is shown first in line, and until when it can be taken', async () => {
    await using place = await openLanePlace()
    const ben = place.open('ben').lane('lane')
    const lease = leaseOf(await place.open('ana').lane('lane').acquire(attended))
    await ben.acquire(unattended)
    await place.open('eve').lane('lane').acquire(unattended)
    await lease.release()

    const { holders, waiting, document } = await ben.inspect()

    expect(holders).toMatchObject([{ holder: 'cli:ben@host', state: 'offered' }])
    expect(waiting).toMatchObject([
      { holder: 'cli:ben@host', state: 'offered', position: 0 },
      { holder: 'cli:eve@host', state: 'waiting', position: 1, offeredUntil: null },
    ])
    const until = Date.parse(waiting[0]?.offeredUntil ?? '')
    expect(Math.abs(until - (document.holders[0]?.offeredUntil?.wallMs ?? 0))).toBeLessThan(5000)
  })

  test('fields that a newer conduct added to a lane survive what this one writes', async () => {
    await using place = await openLanePlace()
    const lane = place.open('ana').lane('lane')
    const lease = leaseOf(await lane.acquire(attended))
    await lane.acquire({ ...unattended, secret: newSecret() })
    await place.store.register.change<LaneDocument, null>('lane/lane', (document) => ({
      write: {
        ...document,
        later: { a: 1 },
        definition: { ...document?.definition, colour: 'red' },
        holders: document?.holders.map((held) => ({ ...held, mood: 'fine' })),
        waiting: document?.waiting.map((waiting) => ({ ...waiting, mood: 'tired' })),
      } as unknown as LaneDocument,
      result: null,
    }))

    await lease.keep({ reason: 'published' })
    const kept = (await lane.inspect()).document
    await lease.release()

    expect(kept).toMatchObject({ later: { a: 1 }, definition: { colour: 'red' } })
    expect(kept.holders).toMatchObject([{ mood: 'fine', kept: { reason: 'published' } }])
    expect((await lane.inspect()).document).toMatchObject({
      later: { a: 1 },
      definition: { colour: 'red' },
      holders: [{ mood: 'tired', state: 'offered' }],
    })
  })

  test('STORE_NEWER: a lane that a newer conduct wrote is neither read nor changed', async () => {
    await using place = await openLanePlace()
    const lane = place.open('ana').lane('lane')
    await place.store.register.change('lane/lane', () => ({
      write: { format: 2, lane: 'lane' },
      result: null,
    }))

    for (const call of [
      () => lane.inspect(),
      () => lane.acquire(unattended),
      () => lane.apply(quickDefinition),
      () => lane.verifyHistory(),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'STORE_NEWER', exit: 2 })
    }
  })

  test('history replays to the document, and an edited record is found', async () => {
    await using place = await openLanePlace()
    const lane = place.open('ana').lane('lane')
    await leaseOf(await lane.acquire(attended)).release()
    await leaseOf(await lane.acquire(attended)).release()

    expect(await lane.verifyHistory()).toMatchObject({ isIntact: true, problem: null, records: 4 })
  })
})
