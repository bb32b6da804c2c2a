import { expect, test } from 'vitest'
import { attended, driveLane, secretOf, toClaim, toRun } from './testing/lane-driver.ts'
import { usualDefinition } from '../testing/lane-definitions.ts'

const lifeMs = usualDefinition.ttlMs + usualDefinition.marginMs

test('a lease lapses after ttl + margin since its last renewal, and not a millisecond before', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.advance(500_000)
  lane.renew('a')

  lane.advance(lifeMs - 1)
  lane.seen('b')
  expect(lane.held('a')?.state).toBe('held')
  lane.advance(1)
  const answer = lane.seen('b')

  expect(answer.kind).toBe('offered')
  expect(lane.outcome('a')).toBe('lapsed')
  expect(lane.renew('a')).toMatchObject({ kind: 'ended', outcome: 'lapsed' })
})

test('times of another boot are never counted: the lease starts over with ttl + margin', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.advance(lifeMs - 1)

  lane.reboot()
  lane.sweep()
  lane.advance(lifeMs - 1)
  lane.sweep()
  expect(lane.held('a')).toBeDefined()
  lane.advance(1)
  lane.sweep()

  expect(lane.outcome('a')).toBe('lapsed')
  expect(lane.held('b')?.state).toBe('offered')
})

test('a reboot that nobody observed counts from its first observation, even with a large clock', () => {
  const lane = driveLane()
  lane.acquire('a')

  lane.reboot()
  lane.advance(10 * lifeMs)
  lane.sweep()

  expect(lane.held('a')?.state).toBe('held')
})

test('an offer, a quiet time, a pause and a wait start over in another boot', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.acquire('c')
  lane.run({ kind: 'pause', claim: toClaim('c'), by: 'ana', reason: 'x', forMs: 1000 })
  lane.acquire('d', ['admin'])
  lane.run({ kind: 'force_release', token: 1, claim: toClaim('d'), by: 'ana', reason: 'x' })
  lane.release('a')
  expect(lane.held('b')?.state).toBe('offered')

  lane.reboot()
  lane.advance(1e9)
  lane.sweep()
  lane.advance(999)
  lane.sweep()

  expect(lane.held('b')?.state).toBe('offered')
  expect(lane.waiting('c')?.paused).not.toBeNull()
  expect(lane.document?.cooling).toHaveLength(1)
  lane.advance(usualDefinition.acceptMs)
  lane.sweep()
  expect(lane.outcome('b')).toBe('expired')
  expect(lane.document?.cooling).toHaveLength(0)
  expect(lane.held('c')?.state).toBe('offered')
})

test('release, renew, accept, keep and park compare the secret and the token', () => {
  const lane = driveLane()
  lane.acquire('a')
  const claim = toClaim('a')
  const [secretHash, token] = [secretOf('a'), lane.held('a')?.token ?? 0]
  const before = lane.document

  for (const kind of ['release', 'renew', 'accept', 'park'] as const) {
    const foreign = lane.run({ kind, claim, secretHash: secretOf('b'), token })
    const stale = lane.run({ kind, claim, secretHash, token: token - 1 })
    expect([kind, foreign]).toMatchObject([kind, { kind: 'denied', reason: 'wrong_secret' }])
    expect([kind, stale]).toMatchObject([kind, { kind: 'denied', reason: 'stale_token' }])
  }
  const kept = lane.run({ kind: 'keep', claim, secretHash: 'x', reason: 'r', stopped: false })

  expect(kept).toMatchObject({ kind: 'denied', reason: 'wrong_secret' })
  expect(lane.document).toBe(before)
})

test('releasing twice, or after somebody else took over, changes nothing', () => {
  const lane = driveLane()
  lane.acquire('a')
  const old = { claim: toClaim('a'), secretHash: secretOf('a'), token: lane.held('a')?.token ?? 0 }
  lane.advance(lifeMs)
  lane.acquire('b')

  const answer = lane.run({ kind: 'release', ...old })

  expect(answer).toMatchObject({ kind: 'ended', outcome: 'lapsed' })
  expect(lane.held('b')?.state).toBe('held')
})

test('tokens rise with every grant, and a set gets one more than the highest of its members', () => {
  const lane = driveLane()
  for (const name of ['a1', 'a2', 'a3']) {
    lane.acquire(name, ['a'])
    lane.release(name)
  }
  lane.acquire('b1', ['b'])
  lane.release('b1')

  lane.acquire('set', ['a', 'b', 'c'])

  expect(lane.held('set')?.token).toBe(4)
  expect(lane.document?.counters).toEqual({ a: 4, b: 4, c: 4 })
})

test('a lowered limit never brings a lower token for the resource than any of its slots had', () => {
  const lane = driveLane({ limit: 3 })
  for (const name of ['a1', 'a2', 'a3']) lane.acquire(name, ['a'])
  for (const name of ['a4', 'a5', 'a6']) {
    lane.release(name === 'a4' ? 'a2' : name === 'a5' ? 'a4' : 'a5')
    lane.acquire(name, ['a'])
  }
  expect(lane.held('a6')).toMatchObject({ slots: ['a#2'], token: 4 })

  lane.run({ kind: 'apply', definition: { ...usualDefinition, limit: 1 }, by: 'ana' })
  for (const name of ['a1', 'a3', 'a6']) lane.release(name)
  lane.acquire('a7', ['a'])

  expect(lane.held('a7')).toMatchObject({ slots: ['a'], token: 5 })
})

test('tokens are safe integers of their epoch: a changed scope raises it, so all later tokens are higher', () => {
  const lane = driveLane()
  const global = { ...usualDefinition, scope: 'global' } as const
  lane.run({ kind: 'apply', definition: usualDefinition, by: 'ana' })
  for (const name of ['a1', 'a2', 'a3']) {
    lane.acquire(name)
    lane.release(name)
  }

  lane.run({ kind: 'apply', definition: global, by: 'ana' })
  lane.acquire('whole', ['*'])

  expect(lane.held('whole')?.token).toBe(2 ** 32 + 1)
  expect(Number.isSafeInteger(lane.held('whole')?.token)).toBe(true)
})

test('a holder that is proved dead is taken over at once', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop'], attended)

  lane.acquire('b', ['shop'], { provedDead: [toClaim('a')] })

  expect(lane.outcome('a')).toBe('lapsed')
  expect(lane.held('b')?.state).toBe('held')
})

test('a waiter that proves the holder dead gets the turn as an offer', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop'], attended)
  lane.acquire('b')

  const answer = lane.run({
    kind: 'seen',
    claim: toClaim('b'),
    secretHash: secretOf('b'),
    provedDead: [toClaim('a')],
  })

  expect(answer.kind).toBe('offered')
})

test('an unattended holder has no process that could be proved dead', () => {
  const lane = driveLane()
  lane.acquire('a')

  lane.acquire('b', ['shop'], { provedDead: [toClaim('a')] })

  expect(lane.held('a')?.state).toBe('held')
  expect(lane.waiting('b')).toBeDefined()
})

test('a kept lease is never taken over as dead; it lapses after ttl + margin and leaves a note', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop'], { ...attended, run: toRun('r1') })
  lane.keep('a')

  lane.acquire('b', ['shop'], { provedDead: [toClaim('a')] })
  expect(lane.held('a')?.state).toBe('held')
  lane.advance(lifeMs - 1)
  lane.sweep()
  expect(lane.document?.notes).toEqual([])
  lane.advance(1)
  lane.sweep()

  expect(lane.outcome('a')).toBe('lapsed')
  expect(lane.document?.notes).toMatchObject([{ run: 'r1', text: 'published', by: 'cli:a@host' }])
  expect(lane.held('b')?.state).toBe('offered')
})

test('a stopped run takes its lane back at once, ahead of everybody in line, with a higher token', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop', 'admin'], { ...attended, run: toRun('r1') })
  const token = lane.held('a')?.token ?? 0
  lane.acquire('b')
  lane.keep('a', true)

  const answer = lane.acquire('a2', ['shop', 'admin'], { run: toRun('r1'), resumes: toRun('r1') })

  expect(answer).toMatchObject({ kind: 'held', claim: { claim: 'a2', token: token + 1 } })
  expect(lane.outcome('a')).toBe('released')
  expect(lane.held('a2')?.kept).toEqual({ reason: 'published', stopped: false })
  expect(lane.waiting('b')).toBeDefined()
})

test('a killed run takes its kept lease back at once when its death is proved, and not before', () => {
  const lane = driveLane()
  const run = toRun('r1')
  lane.acquire('a', ['shop'], { ...attended, run })
  lane.keep('a')

  const early = lane.acquire('a2', ['shop'], { run, resumes: run })
  const late = lane.acquire('a3', ['shop'], { run, resumes: run, provedDead: [toClaim('a')] })

  expect(early).toMatchObject({ kind: 'refused', reason: 'run_is_live' })
  expect(late).toMatchObject({ kind: 'held', claim: { claim: 'a3' } })
})

test('a killed run that kept nothing stands before the line as well when it resumes', () => {
  const lane = driveLane()
  const run = toRun('r1')
  lane.acquire('a', ['shop'], { ...attended, run })
  lane.acquire('b')

  lane.acquire('a2', ['shop'], { run, resumes: run, provedDead: [toClaim('a')] })

  expect(lane.held('a2')?.state).toBe('held')
  expect(lane.waiting('b')).toBeDefined()
})

test('a stopped run that asks for more than it held is refused and keeps what it has', () => {
  const lane = driveLane()
  const run = toRun('r1')
  lane.acquire('a', ['shop'], { ...attended, run })
  lane.keep('a', true)

  const answer = lane.acquire('a2', ['shop', 'admin'], { run, resumes: run })

  expect(answer).toMatchObject({ kind: 'refused', reason: 'bad_request' })
  expect(lane.held('a')?.kept?.stopped).toBe(true)
})

test('a stopped run takes its lane back although the lane is paused', () => {
  const lane = driveLane()
  const run = toRun('r1')
  lane.acquire('a', ['shop'], { ...attended, run })
  lane.keep('a', true)
  lane.run({ kind: 'pause', claim: null, by: 'ana', reason: 'x', forMs: null })

  expect(lane.acquire('a2', ['shop'], { run, resumes: run }).kind).toBe('held')
})

test('a parked place blocks nobody and stands first in line when its run resumes', () => {
  const lane = driveLane()
  const run = toRun('r1')
  lane.acquire('a', ['shop'], { ...attended, run })
  lane.acquire('b')
  lane.acquire('c')

  lane.park('a')
  lane.accept('b')
  expect(lane.held('b')?.state).toBe('held')
  expect(lane.waiting('a')?.state).toBe('parked')
  const answer = lane.acquire('a2', ['shop'], { ...attended, run, resumes: run })

  expect(answer).toMatchObject({ kind: 'waiting', position: 1, blockers: ['b'] })
  expect(lane.outcome('a')).toBe('left')
  lane.release('b')
  expect(lane.held('a2')?.state).toBe('offered')
  expect(lane.waiting('c')).toBeDefined()
})

test('a parked place is not lost when its run may not wait for the lane', () => {
  const lane = driveLane()
  const run = toRun('r1')
  lane.acquire('a', ['shop'], { ...attended, run })
  lane.park('a')
  lane.acquire('b')

  const answer = lane.acquire('a2', ['shop'], { run, resumes: run, whenHeld: 'fail' })

  expect(answer).toMatchObject({ kind: 'refused', reason: 'held' })
  expect(lane.waiting('a')?.state).toBe('parked')
  expect(lane.outcome('a')).toBeUndefined()
})

test('resuming a run that merely waits keeps its place and does not jump the line', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.acquire('c', ['shop'], { run: toRun('r1') })
  lane.acquire('d')

  const answer = lane.acquire('c2', ['shop'], { run: toRun('r1'), resumes: toRun('r1') })

  expect(answer).toMatchObject({ kind: 'waiting', position: 2 })
  expect(lane.document?.waiting.map((waiting) => waiting.claim)).toEqual(['b', 'c2', 'd'])
})

test('a shortened definition leaves a held lease as long as it was; a longer one is taken over at its renewal', () => {
  const lane = driveLane()
  lane.acquire('a')
  const apply = (ttlMs: number, marginMs: number): void => {
    lane.run({ kind: 'apply', definition: { ...usualDefinition, ttlMs, marginMs }, by: 'ana' })
  }

  apply(200_000, 20_000)
  lane.renew('a')
  lane.advance(lifeMs - 1)
  lane.sweep()
  expect(lane.held('a')).toMatchObject({ ttlMs: 900_000, marginMs: 60_000 })
  apply(1_800_000, 120_000)
  lane.renew('a')

  expect(lane.held('a')).toMatchObject({ ttlMs: 1_800_000, marginMs: 120_000 })
  lane.release('a')
  apply(200_000, 20_000)
  lane.acquire('b')
  expect(lane.held('b')).toMatchObject({ ttlMs: 200_000, marginMs: 20_000 })
})

test('asking again with the same secret renews and returns the claim one has', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop', 'admin'])
  lane.advance(1000)

  const answer = lane.acquire('other', ['shop'], { secretHash: secretOf('a') })

  expect(answer).toMatchObject({ kind: 'held', claim: { claim: 'a', renewedAt: lane.now } })
  expect(lane.document?.holders).toHaveLength(1)
})

test('the same secret does not stretch a claim over more resources', () => {
  const lane = driveLane()
  lane.acquire('a')

  const answer = lane.acquire('more', ['shop', 'admin'], { secretHash: secretOf('a') })

  expect(answer).toMatchObject({ kind: 'refused', reason: 'bad_request', blockers: ['a'] })
})

test('a claim id is used once: asking again after its end says how it ended', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.release('a')

  expect(lane.acquire('a')).toMatchObject({ kind: 'ended', outcome: 'released' })
  lane.acquire('b')
  expect(lane.acquire('b', ['shop'], { secretHash: 'x' })).toMatchObject({
    kind: 'denied',
    reason: 'wrong_secret',
  })
})
