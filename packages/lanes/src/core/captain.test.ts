import { expect, test } from 'vitest'
import type { LaneOperation, LaneResult } from '../operation.ts'
import { checkHistory } from './history-checker.ts'
import { claimBase, driveLane, secretOf, toClaim, toRun } from './testing/lane-driver.ts'
import { usualDefinition } from '../testing/lane-definitions.ts'

const force = (token: number, claim?: string): LaneOperation => {
  const named = claim === undefined ? {} : { claim: toClaim(claim) }
  return { kind: 'force_release', token, ...named, by: 'ana', reason: 'gone home' }
}

test('force release needs the exact token of a current claim', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.release('a')
  lane.acquire('b')

  const stale = lane.run(force(1))
  const future = lane.run(force(3))

  expect(stale).toMatchObject({ kind: 'denied', reason: 'stale_token' })
  expect(future).toMatchObject({ kind: 'denied', reason: 'stale_token' })
  expect(lane.held('b')?.state).toBe('held')
  expect(lane.run(force(2)).kind).toBe('done')
  expect(lane.outcome('b')).toBe('forced')
})

test('force release bumps the counter, and the next grant waits for the takeover delay', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.run(force(1))

  expect(lane.renew('a')).toMatchObject({ kind: 'ended', outcome: 'forced', reason: 'ana: gone home' })
  expect(lane.document?.counters).toEqual({ shop: 2 })
  lane.advance(usualDefinition.takeoverDelayMs - 1)
  lane.seen('b')
  expect(lane.held('b')).toBeUndefined()
  lane.advance(1)

  expect(lane.seen('b')).toMatchObject({ kind: 'offered', claim: { token: 3 } })
  expect(checkHistory(lane.records)).toEqual([])
})

test('the quiet time ends at once when the forced holder acknowledges, proved by its secret', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop', 'admin'])
  lane.acquire('b')
  lane.run(force(1))

  const foreign = lane.run({ kind: 'acknowledge_forced', claim: toClaim('a'), secretHash: 'x' })
  expect(foreign).toMatchObject({ kind: 'denied', reason: 'wrong_secret' })
  lane.run({ kind: 'acknowledge_forced', claim: toClaim('a'), secretHash: secretOf('a') })

  expect(lane.held('b')?.state).toBe('offered')
  expect(lane.document?.cooling).toEqual([])
})

test('during the quiet time other resources are granted as ever', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.run(force(1))

  expect(lane.acquire('b', ['admin']).kind).toBe('held')
  expect(lane.acquire('c', ['shop']).kind).toBe('waiting')
})

test('two claims with the same token on disjoint resources are told apart by the claim', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop'])
  lane.acquire('b', ['admin'])

  expect(lane.run(force(1))).toMatchObject({ kind: 'denied', reason: 'ambiguous_token' })
  expect(lane.run(force(1, 'b')).kind).toBe('done')
  expect(lane.held('a')?.state).toBe('held')
  expect(lane.outcome('b')).toBe('forced')
})

test('an offer that is forced out began no lease: the next in line has its turn at once', () => {
  const lane = driveLane()
  for (const name of ['a', 'b', 'c']) lane.acquire(name)
  lane.release('a')

  lane.run(force(2))

  expect(lane.outcome('b')).toBe('forced')
  expect(lane.held('c')).toMatchObject({ state: 'offered', token: 4 })
})

test('forcing out a run that kept the lane leaves its note', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop'], { run: toRun('r1') })
  lane.keep('a', true)

  lane.run(force(1))

  expect(lane.document?.notes).toMatchObject([{ run: 'r1', text: 'published' }])
  expect(lane.run({ kind: 'clear_note', run: toRun('r1'), by: 'bob' }).kind).toBe('done')
  expect(lane.document?.notes).toEqual([])
})

test('only captains reorder, pause, assign, force out and change the rules', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  const before = lane.document
  const by = 'bob'
  const claim = toClaim('b')
  const operations: readonly LaneOperation[] = [
    { kind: 'move', claim, before: null, by },
    { kind: 'pause', claim: null, by, reason: 'x', forMs: null },
    { kind: 'pause', claim, by, reason: 'x', forMs: null },
    { kind: 'unpause', claim: null, by },
    { kind: 'assign', base: claimBase('x', ['shop']), forMs: 1000, by },
    { kind: 'apply', definition: { ...usualDefinition, limit: 9 }, by },
    { kind: 'force_release', token: 1, by, reason: 'x' },
  ]

  const answers = operations.map((operation) => lane.run(operation))

  expect(answers.map(reasonOf)).toEqual(operations.map(() => 'not_captain'))
  expect(lane.document).toBe(before)
})

test('a paused lane grants nothing until it is unpaused or the pause is over; holders go on', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.run({ kind: 'pause', claim: null, by: 'ana', reason: 'audit', forMs: 60_000 })

  expect(lane.renew('a').kind).toBe('held')
  lane.release('a')
  expect(lane.acquire('b').kind).toBe('waiting')
  expect(lane.acquire('c', ['shop'], { whenHeld: 'fail' })).toMatchObject({
    kind: 'refused',
    reason: 'paused',
  })
  lane.advance(59_999)
  expect(lane.seen('b').kind).toBe('waiting')
  lane.advance(1)

  expect(lane.seen('b').kind).toBe('offered')
})

test('unpausing a lane hands out at once what became free meanwhile', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.run({ kind: 'pause', claim: null, by: 'ana', reason: 'audit', forMs: null })
  lane.release('a')
  expect(lane.held('b')).toBeUndefined()

  lane.run({ kind: 'unpause', claim: null, by: 'ana' })

  expect(lane.held('b')?.state).toBe('offered')
})

test('a paused claim keeps its place and blocks nobody, not even for its own resources', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop', 'admin'])
  lane.acquire('b', ['shop', 'engine'])
  lane.acquire('c', ['engine'])
  expect(lane.waiting('c')).toBeDefined()

  lane.run({ kind: 'pause', claim: toClaim('b'), by: 'ana', reason: 'x', forMs: 1000 })

  expect(lane.held('c')?.state).toBe('offered')
  lane.release('a')
  expect(lane.waiting('b')).toMatchObject({ overtaken: 0 })
  lane.accept('c')
  lane.release('c')
  lane.advance(1000)
  expect(lane.seen('b').kind).toBe('offered')
})

test('a captain puts a waiting claim before another or first, never before its own turn comes', () => {
  const lane = driveLane()
  for (const name of ['a', 'b', 'c', 'd']) lane.acquire(name)
  const order = (): readonly string[] => (lane.document?.waiting ?? []).map((waiting) => waiting.claim)

  lane.run({ kind: 'move', claim: toClaim('d'), before: toClaim('c'), by: 'ana' })
  expect(order()).toEqual(['b', 'd', 'c'])
  lane.run({ kind: 'move', claim: toClaim('c'), before: null, by: 'ana' })
  expect(order()).toEqual(['c', 'b', 'd'])
  expect(lane.run({ kind: 'move', claim: toClaim('a'), before: null, by: 'ana' })).toMatchObject({
    kind: 'denied',
    reason: 'not_found',
  })
  expect(lane.run({ kind: 'move', claim: toClaim('b'), before: toClaim('z'), by: 'ana' })).toMatchObject({
    kind: 'denied',
  })
  expect(order()).toEqual(['c', 'b', 'd'])
})

test('newcomers stay behind a claim that was moved behind a claim placed first', () => {
  const lane = driveLane()
  for (const name of ['a', 'b', 'c']) lane.acquire(name)
  lane.acquire('first', ['shop'], { place: 'first' })
  lane.run({ kind: 'move', claim: toClaim('c'), before: null, by: 'ana' })

  lane.acquire('second', ['shop'], { place: 'first' })

  expect(lane.document?.waiting.map((waiting) => waiting.claim)).toEqual(['c', 'first', 'second', 'b'])
})

test('an assigned lane is held for its holder, who takes it over by asking for it', () => {
  const lane = driveLane({ holders: ['ana'] })
  const assign = {
    kind: 'assign',
    base: claimBase('for bob', ['shop']),
    forMs: 7_200_000,
    by: 'ana',
  } as const
  const base = { ...assign.base, holder: 'cli:bob@host', person: 'bob' }
  lane.run({ ...assign, base })
  lane.advance(7_000_000)
  lane.sweep()
  expect(lane.held('for bob')).toMatchObject({ state: 'held', holder: 'cli:bob@host', attended: false })

  expect(lane.acquire('eve')).toMatchObject({ kind: 'refused', reason: 'not_a_holder' })
  const answer = lane.acquire('bob', ['shop'], { holder: 'agent:bob-2' })

  expect(answer).toMatchObject({
    kind: 'held',
    claim: { claim: 'for bob', holder: 'agent:bob-2', ttlMs: 900_000 },
  })
  const proof = { claim: toClaim('for bob'), secretHash: secretOf('bob'), token: 1 }
  expect(lane.run({ kind: 'renew', ...proof }).kind).toBe('held')
  lane.advance(250_000)
  expect(lane.run({ kind: 'renew', ...proof })).toMatchObject({ kind: 'denied', reason: 'assignment_over' })
  expect(lane.run({ kind: 'release', ...proof }).kind).toBe('done')
})

test('an assigned lane that nobody asks for lapses after its time', () => {
  const lane = driveLane()
  lane.run({ kind: 'assign', base: claimBase('bob', ['shop']), forMs: 1_000_000, by: 'ana' })
  lane.acquire('b')

  lane.advance(1_000_000 + usualDefinition.marginMs)
  lane.seen('b')

  expect(lane.outcome('bob')).toBe('lapsed')
  expect(lane.held('b')?.state).toBe('offered')
})

test('a lane that is held is assigned as the first place in line', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.run({ kind: 'assign', base: claimBase('bob', ['shop']), forMs: 1_000_000, by: 'ana' })

  lane.release('a')

  expect(lane.held('bob')).toMatchObject({ state: 'held', ttlMs: 1_000_000 })
  expect(lane.waiting('b')).toBeDefined()
})

test('a lowered limit sends nobody away and grants nothing until the holders are fewer', () => {
  const lane = driveLane({ limit: 3 })
  for (const name of ['a', 'b', 'c', 'd']) lane.acquire(name)

  lane.run({ kind: 'apply', definition: usualDefinition, by: 'ana' })
  expect(lane.document?.holders).toHaveLength(3)
  lane.release('a')
  lane.release('b')
  expect(lane.waiting('d')).toBeDefined()
  lane.release('c')

  expect(lane.held('d')?.state).toBe('offered')
  expect(checkHistory(lane.records)).toEqual([])
})

test('a raised limit gives the new places to the line at once', () => {
  const lane = driveLane()
  for (const name of ['a', 'b', 'c']) lane.acquire(name)

  lane.run({ kind: 'apply', definition: { ...usualDefinition, limit: 3 }, by: 'ana' })

  expect(lane.document?.holders.map((held) => held.state)).toEqual(['held', 'offered', 'offered'])
})

test('a changed scope never lets the whole lane and one of its resources be held together', () => {
  const lane = driveLane()
  lane.acquire('shop')
  const token = lane.held('shop')?.token ?? 0

  lane.run({ kind: 'apply', definition: { ...usualDefinition, scope: 'global' }, by: 'ana' })
  expect(lane.acquire('whole', ['*']).kind).toBe('waiting')
  lane.release('shop')

  expect(lane.held('whole')?.state).toBe('offered')
  expect(lane.held('whole')?.token).toBeGreaterThan(token)
})

test('a shortened waiting ttl expires nobody who was seen as rarely as the longer one asked for', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  lane.advance(50_000)

  lane.run({ kind: 'apply', definition: { ...usualDefinition, waitingTtlMs: 30_000 }, by: 'ana' })
  lane.advance(29_999)
  lane.seen('b')
  lane.advance(29_999)
  lane.sweep()

  expect(lane.waiting('b')).toBeDefined()
  expect(lane.outcome('b')).toBeUndefined()
})

test('a document that another version left with a waiter before free resources is healed by the next look', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  if (lane.document === null) throw new Error('the lane has a document')
  lane.document = { ...lane.document, holders: [] }

  expect(lane.seen('b').kind).toBe('offered')
})

test('the same definition applied again changes nothing, and one that cannot work is refused', () => {
  const lane = driveLane()
  lane.acquire('a')
  const apply = (change: object): LaneResult =>
    lane.run({ kind: 'apply', definition: { ...usualDefinition, ...change }, by: 'ana' })

  expect(apply({})).toEqual({ kind: 'unchanged' })
  expect(apply({ limit: 0 })).toMatchObject({ kind: 'denied', reason: 'bad_definition' })
  expect(apply({ ttlMs: 100 })).toMatchObject({ kind: 'denied', reason: 'bad_definition' })
})

test('CI on the main branch applies a definition without being a captain; the first one is anybody’s', () => {
  const lane = driveLane()
  const definition = { ...usualDefinition, limit: 2 }

  expect(lane.run({ kind: 'apply', definition, by: 'bob' }).kind).toBe('done')
  expect(lane.run({ kind: 'apply', definition: usualDefinition, by: 'bob' })).toMatchObject({
    kind: 'denied',
  })
  expect(lane.run({ kind: 'apply', definition: usualDefinition, by: 'action:77:1' }).kind).toBe('done')
})

function reasonOf(result: LaneResult): string {
  return 'reason' in result ? `${result.reason}` : result.kind
}
