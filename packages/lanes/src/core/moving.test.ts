import { expect, test } from 'vitest'
import { checkHistory } from './history-checker.ts'
import { verifyHistory } from './replay.ts'
import { tokensPerEpoch } from './slots.ts'
import { driveLane, type LaneDriver } from './testing/lane-driver.ts'

const there = 'postgres://db/conduct'

function seal(lane: LaneDriver, to = there) {
  return lane.run({ kind: 'seal', to, by: 'ana' })
}

test('a sealed lane decides nothing any more and says where it went', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.release('a')
  expect(seal(lane)).toEqual({ kind: 'done' })
  const sealed = lane.document
  lane.advance(10_000_000)

  const answers = [lane.acquire('b'), lane.renew('a'), lane.sweep(), seal(lane, 's3://bucket')]

  for (const answer of answers) expect(answer).toEqual({ kind: 'denied', reason: 'moved', message: there })
  expect(seal(lane)).toEqual({ kind: 'unchanged' })
  expect(lane.document).toBe(sealed)
  expect(verifyHistory(lane.records, lane.document).problem).toBeNull()
})

test('a lane that somebody holds, is offered or could have this moment is not sealed', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  expect(seal(lane)).toMatchObject({ kind: 'denied', reason: 'held', message: 'cli:a@host' })

  lane.release('a')
  expect(seal(lane)).toMatchObject({ kind: 'denied', reason: 'held', message: 'cli:b@host' })
  expect(lane.document?.moved).toBeUndefined()
})

test('a lease whose time is over does not stand in the way', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.advance(960_000)

  expect(seal(lane)).toEqual({ kind: 'done' })
  expect(lane.outcome('a')).toBe('lapsed')
})

test('imported elsewhere, it goes on with its line, under tokens above all before', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.run({ kind: 'pause', claim: null, by: 'ana', reason: 'moving', forMs: null })
  lane.acquire('b')
  lane.release('a')
  seal(lane)
  lane.reboot()

  lane.run({ kind: 'import', from: 'sqlite:/old', file: 'f'.repeat(64), by: 'ana', epoch: 1 })
  expect(lane.waiting('b')?.state).toBe('waiting')
  lane.run({ kind: 'unpause', claim: null, by: 'ana' })

  expect(lane.held('b')).toMatchObject({ state: 'offered', token: tokensPerEpoch + 1 })
  expect(lane.document?.moved).toMatchObject({ kind: 'from', address: 'sqlite:/old' })
  expect(verifyHistory(lane.records, lane.document).problem).toBeNull()
  expect(checkHistory(lane.records)).toEqual([])
})

test('a seal is taken back for the address it names, and a lane without one stays as it is', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.release('a')
  const unseal = (to: string) => lane.run({ kind: 'unseal', to, by: 'ana', epochs: 2 })

  expect(unseal(there)).toEqual({ kind: 'unchanged' })
  seal(lane)
  expect(unseal('s3://bucket')).toMatchObject({ kind: 'denied', reason: 'moved' })
  expect(unseal(there)).toEqual({ kind: 'done' })

  expect(lane.acquire('c')).toMatchObject({ kind: 'held', claim: { token: 2 * tokensPerEpoch + 1 } })
  expect(verifyHistory(lane.records, lane.document).problem).toBeNull()
})
