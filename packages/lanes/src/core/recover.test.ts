import { expect, test } from 'vitest'
import type { HistoryRecord } from '../history-record.ts'
import { checkHistory, findLostClaims } from './history-checker.ts'
import { replayHistory, verifyHistory } from './replay.ts'
import { tokensPerEpoch } from './slots.ts'
import { driveLane, type LaneDriver, toClaim } from './testing/lane-driver.ts'

const quietMs = 120_000

function recover(lane: LaneDriver, options: { readonly epoch?: number; readonly by?: string } = {}) {
  const last = lane.records.at(-1)
  return lane.run({
    kind: 'recover',
    by: options.by ?? 'ana',
    reason: 'backup of last night',
    epoch: options.epoch ?? 1,
    after: { seq: last?.seq ?? 0, hash: last?.hash ?? '0'.repeat(64) },
  })
}

/** The document goes back to what it was after so many records; the log stays. */
function goBack(lane: LaneDriver, document: LaneDriver['document']): void {
  lane.document = document
}

test('ends everything held and offered by force, keeps the line, and goes on in a higher epoch', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop'])
  lane.acquire('b', ['shop'])
  lane.acquire('c', ['admin'])
  lane.release('a')

  expect(recover(lane)).toEqual({ kind: 'done' })

  expect([lane.outcome('b'), lane.outcome('c')]).toEqual(['forced', 'forced'])
  expect(lane.document?.ended.at(-1)?.reason).toBe('ana: the store went back: backup of last night')
  expect(lane.document?.epoch).toBe(1)
  lane.acquire('d', ['shop'])
  expect(lane.waiting('d')?.state).toBe('waiting')
  lane.advance(quietMs)
  lane.sweep()
  expect(lane.held('d')?.token).toBe(tokensPerEpoch + 1)
  expect(checkHistory(lane.records)).toEqual([])
  expect(verifyHistory(lane.records, lane.document).problem).toBeNull()
})

test('stays quiet for resources too of which the lane knows no holder: somebody may hold what it forgot', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop'])
  lane.release('a')
  const backup = lane.document
  lane.acquire('b', ['admin'])
  goBack(lane, backup)

  recover(lane)
  lane.acquire('c', ['admin'])
  lane.advance(quietMs - 1)
  lane.sweep()
  expect(lane.held('c')).toBeUndefined()
  lane.advance(1)
  lane.sweep()

  expect(lane.held('c')?.token).toBe(tokensPerEpoch + 1)
})

test('a pause without an end outlasts it, and who waits is not expired for what the store forgot', () => {
  const lane = driveLane({ waitingTtlMs: 100_000 })
  lane.acquire('a')
  lane.acquire('b')
  lane.run({ kind: 'pause', claim: null, by: 'ana', reason: 'audit', forMs: null })
  lane.advance(99_999)
  const backup = lane.document
  lane.seen('b')
  lane.advance(50_000)
  goBack(lane, backup)

  recover(lane)
  lane.sweep()

  expect(lane.waiting('b')?.lastSeen).toEqual(lane.now)
  expect(lane.document?.paused?.reason).toBe('audit')
})

test('is recorded behind everything the log holds, and replay goes on from there', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('w')
  const backup = lane.document
  lane.release('a')
  lane.accept('w')
  lane.release('w')
  lane.acquire('b')
  goBack(lane, backup)

  recover(lane)
  lane.advance(quietMs)
  lane.sweep()

  expect(lane.records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(lane.records[6]?.operation.kind).toBe('recover')
  expect(verifyHistory(lane.records, lane.document)).toMatchObject({ isIntact: true, problem: null })
  expect(replayHistory(lane.records).holders.map(({ claim }) => claim)).toEqual(['w'])
  expect(checkHistory(lane.records)).toEqual([])
  expect(findLostClaims(lane.records, new Set([toClaim('w')]))).toEqual([])
})

test('does not hide what is wrong with the records before and after it', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.release('a')
  const backup = lane.document
  lane.acquire('b')
  goBack(lane, backup)
  recover(lane)
  const edited = lane.records.map((record, index) =>
    index === 1 ? { ...record, seq: 2, effects: [] } : record,
  )

  expect(verifyHistory(edited, lane.document).problem).toContain('record 2 was changed')
  expect(verifyHistory(lane.records.toSpliced(2, 1), lane.document).problem).toContain('record 3 is missing')
  const document = lane.document === null ? null : { ...lane.document, epoch: 7 }
  expect(verifyHistory(lane.records, document).problem).toContain('replaying')
})

test('is for captains only, and leaves the note of a kept run', () => {
  const lane = driveLane()
  lane.acquire('a', ['shop'], { run: 'run-1' as never })
  lane.keep('a', true)

  expect(recover(lane, { by: 'carl' })).toMatchObject({ kind: 'denied', reason: 'not_captain' })
  expect(recover(lane)).toEqual({ kind: 'done' })

  expect(lane.document?.notes).toMatchObject([{ run: 'run-1' }])
})

test('the checker finds an epoch that is too low, and whoever would still hold afterwards', () => {
  const lane = driveLane()
  lane.acquire('a')
  recover(lane, { epoch: 2 })
  const planted = lane.records.map((record): HistoryRecord => {
    const { checkpoint } = record
    if (record.operation.kind !== 'recover' || checkpoint === null) return record
    const holders = lane.records[0]?.checkpoint?.holders ?? []
    return { ...record, checkpoint: { ...checkpoint, epoch: 0, holders } }
  })

  expect(checkHistory(lane.records)).toEqual([])
  expect(checkHistory(planted)).toEqual([
    'record 2: epoch 0 does not exceed token 1',
    'record 2: a still holds after the store went back',
  ])
})
