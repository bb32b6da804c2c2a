import { describe, expect, test } from 'vitest'
import { defineLane, type LaneOptions } from './define-lane.ts'

describe('a lane that is defined in a program', () => {
  test('renews every 30 seconds, or every minute in a git store', () => {
    expect(defineLane()).toMatchObject({ renewMs: 30_000, takeoverDelayMs: 120_000 })
    expect(defineLane({}, { kind: 'git' })).toMatchObject({ renewMs: 60_000, takeoverDelayMs: 180_000 })
    expect(defineLane({ renewMs: 40_000 }, { kind: 'git' })).toMatchObject({ renewMs: 40_000 })
  })

  test.each<[LaneOptions, string]>([
    [{ limit: 0 }, 'limit is 0'],
    [{ limit: 1.5 }, 'limit is 1.5'],
    [{ ttlMs: 150_000 }, 'renewMs × 3 + marginMs is 150000, which is not below ttlMs 150000'],
    [{ ttlMs: 3_600_000 }, 'slow clocks would overlap'],
    [{ renewMs: Number.NaN }, 'renewMs is NaN'],
    [{ acceptMs: -1 }, 'acceptMs is -1'],
  ])('%o is refused (LANE_DEFINITION): %s', (options, message) => {
    expect(() => defineLane(options)).toThrow(
      expect.objectContaining({
        code: 'LANE_DEFINITION',
        message: expect.stringContaining(message) as string,
      }),
    )
  })
})
