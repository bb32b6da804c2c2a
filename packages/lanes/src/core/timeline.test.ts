import { assert, array, boolean, integer, property, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StoreTime } from '../store.ts'
import { layOut } from './timeline.ts'

const start = 1_700_000_000_000

/** A host's stamp: its own monotonic clock, and a wall clock that may be wrong. */
function stamp(host: string, atMs: number, wrongMs = 0): StoreTime {
  return { ms: atMs - 5000, era: host, wallMs: start + atMs + wrongMs }
}

describe('the times of a history on one axis', () => {
  test('keep their distances within one era, whatever the wall clock was set to', () => {
    const times = [stamp('a', 0), stamp('a', 1000, 3_600_000), stamp('a', 2000, -3_600_000)]

    expect(layOut(times, stamp('a', 3000))).toEqual([start, start + 1000, start + 2000])
  })

  test('lie apart by their wall clocks across a boot', () => {
    const before = { ms: 90_000, era: 'boot 1', wallMs: start }
    const after = { ms: 10, era: 'boot 2', wallMs: start + 60_000 }

    expect(layOut([before], after)).toEqual([start])
  })

  test('never run backwards, and hosts whose clocks differ move them by that difference and no more', () => {
    const steps = array(record({ isOther: boolean(), afterMs: integer({ min: 0, max: 10_000 }) }), {
      minLength: 1,
      maxLength: 60,
    })
    assert(
      property(steps, integer({ min: -60_000, max: 60_000 }), (turns, wrongMs) => {
        let atMs = 0
        const truth: number[] = []
        const times = turns.map(({ isOther, afterMs }) => {
          atMs += afterMs
          truth.push(start + atMs)
          return isOther ? stamp('b', atMs, wrongMs) : stamp('a', atMs)
        })

        const placed = layOut(times, stamp('a', atMs))

        expect(placed).toEqual(placed.toSorted((one, other) => one - other))
        for (const [index, ms] of placed.entries()) {
          expect(Math.abs(ms - (truth[index] ?? 0))).toBeLessThanOrEqual(Math.abs(wrongMs))
        }
      }),
    )
  })
})
