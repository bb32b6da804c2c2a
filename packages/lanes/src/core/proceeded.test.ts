import { expect, test } from 'vitest'
import type { Proceeded } from '../document.ts'
import { proceededMax } from './proceeded.ts'
import { verifyHistory } from './replay.ts'
import { driveLane, type LaneDriver } from './testing/lane-driver.ts'

function note(id: string): Proceeded {
  const at = '2026-01-01T10:00:00.000Z'
  const matches = ['db/schema.rb']
  return {
    id,
    by: 'cli:ana@desk',
    work: 'guard',
    resources: ['shop'],
    matches,
    times: 1,
    firstAt: at,
    lastAt: at,
  }
}

function bring(lane: LaneDriver, id: string) {
  return lane.run({ kind: 'proceeded', note: note(id), by: 'carl' })
}

test('what went on without the store is one record, however often it is brought in, and changes nobody’s claim', () => {
  const lane = driveLane()
  lane.acquire('a')
  const token = lane.held('a')?.token

  expect([bring(lane, 'one').kind, bring(lane, 'one').kind]).toEqual(['done', 'unchanged'])

  const records = lane.records.filter(({ operation }) => operation.kind === 'proceeded')
  expect(records).toMatchObject([{ operation: { note: { id: 'one', by: 'cli:ana@desk' } }, effects: [] }])
  expect(lane.held('a')).toMatchObject({ state: 'held', token })
  expect(verifyHistory(lane.records, lane.document).problem).toBeNull()
})

test('the document keeps the latest, the history all', () => {
  const lane = driveLane()
  const ids = Array.from({ length: proceededMax + 5 }, (_, index) => `note-${index}`)

  for (const id of ids) bring(lane, id)

  expect(lane.document?.proceeded?.map(({ id }) => id)).toEqual(ids.slice(-proceededMax))
  expect(lane.records).toHaveLength(ids.length)
  expect(verifyHistory(lane.records, lane.document).problem).toBeNull()
})
