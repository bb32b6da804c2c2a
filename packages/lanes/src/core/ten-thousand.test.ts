import { expect, test } from 'vitest'
import { checkHistory, findLostClaims } from './history-checker.ts'
import { verifyHistory } from './replay.ts'
import { driveLane } from './testing/lane-driver.ts'
import { usualDefinition } from '../testing/lane-definitions.ts'

const waiters = 10_000

test(
  '10,000 waiters all get a turn or a named outcome, in order, and the history of it replays',
  { timeout: 300_000 },
  () => {
    const lane = driveLane({ waitingMax: waiters, ttlMs: 4 * usualDefinition.waitingTtlMs })
    lane.acquire('holder')
    for (let index = 0; index < waiters; index += 1) lane.acquire(`w${index}`)
    const refused = lane.acquire('one too many')

    let current = 'holder'
    const turns: string[] = []
    for (let turn = 0; turn < 300; turn += 1) {
      lane.release(current)
      current = lane.document?.holders[0]?.claim ?? 'nobody'
      lane.accept(current)
      turns.push(current)
    }
    lane.advance(usualDefinition.waitingTtlMs)
    lane.release(current)
    lane.sweep()

    expect(refused).toMatchObject({ kind: 'refused', reason: 'line_full' })
    expect(turns).toEqual(turns.map((_turn, index) => `w${index}`))
    expect(lane.document?.waiting).toEqual([])
    const outcomes = new Map<string, number>()
    for (const { change } of lane.records.flatMap((record) => record.effects)) {
      outcomes.set(change, (outcomes.get(change) ?? 0) + 1)
    }
    expect(Object.fromEntries(outcomes)).toEqual({
      granted: 1,
      queued: waiters,
      offered: 300,
      accepted: 300,
      released: 301,
      refused: 1,
      expired: waiters - 300,
    })
    expect(findLostClaims(lane.records, new Set())).toEqual([])
    expect(checkHistory(lane.records)).toEqual([])
    expect(verifyHistory(lane.records.slice(10_000), lane.document).problem).toBeNull()
  },
)
