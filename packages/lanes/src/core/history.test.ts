import { hashJson } from '@conduct/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HistoryRecord } from '../history-record.ts'
import { checkpointEvery, hashRecord, stateOf } from './history.ts'
import { comparableState, replayHistory, verifyHistory } from './replay.ts'
import { driveLane, type LaneDriver, toClaim } from './testing/lane-driver.ts'

function busyLane(): LaneDriver {
  const lane = driveLane()
  lane.acquire('a', ['shop', 'admin'])
  lane.acquire('b', ['admin', 'engine'])
  lane.acquire('c', ['engine'])
  lane.acquire('d', ['shop'])
  lane.run({ kind: 'move', claim: toClaim('d'), before: toClaim('b'), by: 'ana' })
  lane.run({ kind: 'pause', claim: toClaim('c'), by: 'ana', reason: 'later', forMs: 5000 })
  lane.advance(10)
  lane.renew('a')
  lane.park('a')
  lane.accept('b')
  lane.accept('d')
  lane.advance(6000)
  lane.keep('d')
  lane.run({ kind: 'force_release', token: lane.held('b')?.token ?? 0, by: 'ana', reason: 'gone home' })
  lane.advance(200_000)
  lane.seen('c')
  lane.reboot()
  lane.sweep()
  lane.renew('d')
  lane.advance(2_000_000)
  lane.sweep()
  return lane
}

test('replay from the first record rebuilds the document, renewal times aside', () => {
  const lane = busyLane()

  const replayed = replayHistory(lane.records)

  expect(lane.records.length).toBeGreaterThan(10)
  expect(lane.document).not.toBeNull()
  if (lane.document === null) return
  expect(comparableState(replayed)).toEqual(comparableState(stateOf(lane.document)))
  expect(verifyHistory(lane.records, lane.document)).toEqual({
    isIntact: true,
    problem: null,
    records: lane.records.length,
  })
})

test('replay starts at the latest checkpoint once earlier records are gone', () => {
  const lane = driveLane()
  for (let turn = 0; lane.records.length <= checkpointEvery + 3; turn += 1) {
    lane.acquire(`a${turn}`)
    lane.release(`a${turn}`)
  }

  const kept = lane.records.slice(checkpointEvery)

  expect(kept[0]?.seq).toBe(checkpointEvery + 1)
  expect(verifyHistory(kept, lane.document).problem).toBeNull()
  expect(verifyHistory(lane.records.slice(1), lane.document).problem).toContain('is no checkpoint')
})

test('any edited, missing, repeated, swapped or cut off record is found', () => {
  const lane = busyLane()
  const last = lane.records.length - 1
  const places = fc.integer({ min: 0, max: last })

  fc.assert(
    fc.property(
      places,
      places,
      fc.constantFrom('edit', 'drop', 'repeat', 'swap', 'cut', 'rehash'),
      (at, other, how) => {
        const records = tamper(lane.records, { at, other, how })
        fc.pre(records !== null)

        expect(verifyHistory(records ?? [], lane.document).isIntact).toBe(false)
      },
    ),
    { numRuns: 300 },
  )
})

test('a rewritten chain that is consistent in itself does not match the head in the document', () => {
  const lane = busyLane()
  let previous = ''
  const forged = lane.records.map((record, index) => {
    const changed = {
      ...record,
      at: { ...record.at, wallMs: 1 },
      previous: index === 0 ? record.previous : previous,
    }
    previous = hashRecord(changed)
    return { ...changed, hash: previous }
  })

  expect(verifyHistory(forged, lane.document).problem).toContain('is not the one')
})

test('a document that was edited behind the history is found', () => {
  const lane = busyLane()
  if (lane.document === null) throw new Error('the lane has a document')

  const forged = { ...lane.document, counters: { ...lane.document.counters, shop: 1 } }

  expect(verifyHistory(lane.records, forged).problem).toContain('replaying')
})

test('renewals and signs of life that change nothing are not recorded', () => {
  const lane = driveLane()
  lane.acquire('a')
  lane.acquire('b')
  const records = lane.records.length

  lane.advance(70_000)
  lane.renew('a')
  lane.seen('b')
  lane.seen('b')
  lane.sweep()

  expect(lane.records.length).toBe(records)
  expect(lane.held('a')?.renewedAt).toEqual(lane.now)
  expect(lane.waiting('b')?.lastSeen).toEqual(lane.now)
})

test('no two writes are identical, even when the same thing happens twice', () => {
  const lane = driveLane()
  lane.acquire('a')
  const written = new Set<string>()

  for (let turn = 0; turn < 20; turn += 1) {
    lane.renew('a')
    // Two that went on from one restored backup count the same writes.
    written.add(hashJson({ ...lane.document, writes: 0 }))
  }

  expect(written.size).toBe(20)
})

function tamper(
  records: readonly HistoryRecord[],
  change: { readonly at: number; readonly other: number; readonly how: string },
): readonly HistoryRecord[] | null {
  const { at, other, how } = change
  const record = records[at]
  if (record === undefined) return null
  const edited: HistoryRecord = { ...record, at: { ...record.at, wallMs: record.at.wallMs + 1 } }
  switch (how) {
    case 'edit':
      return records.with(at, edited)
    case 'rehash':
      return records.with(at, { ...edited, hash: hashRecord(edited) })
    case 'drop':
      return records.toSpliced(at, 1)
    case 'repeat':
      return records.toSpliced(at, 0, record)
    case 'cut':
      return records.slice(0, at)
    default: {
      const second = records[other]
      return second === undefined || at === other ? null : records.with(at, second).with(other, record)
    }
  }
}
