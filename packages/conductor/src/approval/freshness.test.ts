import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freshnessOf } from './freshness.ts'

const noonMs = Date.parse('2026-03-01T12:00:00.000Z')
const hourMs = 3_600_000
const at = (ms: number) => new Date(ms).toISOString()
const given = { at: at(noonMs), expiresAt: at(noonMs + 2 * hourMs) }

describe('an approval is fresh', () => {
  it('until the moment it expires, and not at it', () => {
    const until = (nowMs: number) => freshnessOf(given, { expiresMs: 2 * hourMs, nowMs }).isFresh

    expect([until(noonMs), until(noonMs + 2 * hourMs - 1), until(noonMs + 2 * hourMs)]).toEqual([
      true,
      true,
      false,
    ])
  })

  it('no longer than lanes.yaml says, whatever it says of itself', () => {
    const eternal = { ...given, expiresAt: '2099-01-01T00:00:00.000Z' }

    expect(freshnessOf(eternal, { expiresMs: hourMs, nowMs: noonMs + hourMs })).toEqual({
      isFresh: false,
      because: 'it expired at 2026-03-01T13:00:00.000Z',
    })
  })

  it('not before it was given, but for what clocks may be apart', () => {
    const before = (ms: number) => freshnessOf(given, { expiresMs: hourMs, nowMs: noonMs - ms }).isFresh

    expect([before(60_000), before(hourMs)]).toEqual([true, false])
  })

  it.each([['tomorrow'], [''], ['Infinity']])('not when it says no time: %s', (text) => {
    expect(freshnessOf({ ...given, at: text }, { expiresMs: hourMs, nowMs: noonMs }).isFresh).toBe(false)
    expect(freshnessOf({ ...given, expiresAt: text }, { expiresMs: hourMs, nowMs: noonMs }).isFresh).toBe(
      false,
    )
  })

  it('never once either limit is over', () => {
    fc.assert(
      fc.property(fc.nat(10 * hourMs), fc.nat(10 * hourMs), fc.nat(20 * hourMs), (says, rule, laterMs) => {
        const approval = { at: at(noonMs), expiresAt: at(noonMs + says) }

        const { isFresh } = freshnessOf(approval, { expiresMs: rule, nowMs: noonMs + laterMs })

        expect(isFresh).toBe(laterMs < Math.min(says, rule))
      }),
    )
  })
})
