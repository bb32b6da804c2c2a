import { describe, expect, test } from 'vitest'
import type { PreflightRow } from '@conduct/core'
import { aTrain } from '../survey-fixture.ts'
import { applyOverrides, requireKnownOverrides } from './overrides.ts'
import { refuseUnlessGreen } from './refuse-unless-green.ts'

const row = (
  check: string,
  verdict: PreflightRow['verdict'],
  more: Partial<PreflightRow> = {},
): PreflightRow => ({
  check,
  verdict,
  covered: '1 of 1',
  detail: `${check} is ${verdict}.`,
  ...more,
})
const refusalOf = (matrix: Record<string, PreflightRow[]>, acceptUnknown: string[] = []) => {
  try {
    refuseUnlessGreen({ train: aTrain({ acceptUnknown }) }, new Map(Object.entries(matrix)))
    return null
  } catch (error) {
    return error
  }
}

describe('refusing', () => {
  test('lets green and not applicable rows pass', () => {
    expect(refusalOf({ shop: [row('remote', 'green'), row('ci_verdict', 'not_applicable')] })).toBeNull()
  })

  test('lists every red and every unknown row of every repo at once', () => {
    const refusal = refusalOf({
      engine: [row('tag_free', 'red'), row('remote', 'green')],
      shop: [row('checkout', 'red'), row('ci_verdict', 'unknown')],
    })

    expect(refusal).toMatchObject({
      code: 'PREFLIGHT_REFUSED',
      exit: 3,
      message: [
        'preflight: 2 red, 1 unknown of 4 checks',
        '  red tag_free:engine: tag_free is red.',
        '  red checkout:shop: checkout is red.',
        '  unknown ci_verdict:shop: ci_verdict is unknown.',
      ].join('\n'),
      details: { refused: [{ check: 'tag_free' }, { check: 'checkout' }, { check: 'ci_verdict' }] },
    })
  })

  test('accepts an unknown row by name, never a red one', () => {
    expect(refusalOf({ shop: [row('ci_verdict', 'unknown')] }, ['ci_verdict'])).toBeNull()
    expect(refusalOf({ shop: [row('ci_verdict', 'red')] }, ['ci_verdict'])).toMatchObject({
      code: 'PREFLIGHT_REFUSED',
    })
    expect(refusalOf({ shop: [row('workflow', 'unknown')] }, ['ci_verdict'])).not.toBeNull()
  })

  test('lets an overridden red pass', () => {
    expect(refusalOf({ shop: [row('checkout', 'red', { overridden: true })] })).toBeNull()
  })
})

describe('overrides', () => {
  const repos = ['engine', 'shop', 'admin']
  const override = { check: 'checkout', repo: 'shop', reason: 'a stray note', by: 'ana' }

  test('mark the red row they name in the repo they name, and nothing else', () => {
    const rows = [row('checkout', 'red'), row('main', 'red'), row('tag_free', 'green')]

    expect(applyOverrides(rows, [override], 'shop').map((one) => one.overridden)).toEqual([
      true,
      undefined,
      undefined,
    ])
    expect(applyOverrides(rows, [override], 'admin').some((one) => one.overridden)).toBe(false)
  })

  test('never turn unknown into anything', () => {
    expect(applyOverrides([row('checkout', 'unknown')], [override], 'shop')[0]?.overridden).toBeUndefined()
  })

  test('pass when they name a check and a repo of this train', () => {
    expect(() => {
      requireKnownOverrides([override], repos)
    }).not.toThrow()
  })

  test.each([
    ['an unknown check', { check: 'chekout' }],
    ['an unknown repo', { repo: 'shpo' }],
    ['no reason', { reason: ' ' }],
    ['integrity', { check: 'integrity' }],
    ['what is never overridden', { check: 'can_conduct' }],
  ])('are refused with %s', (_what, fields) => {
    expect(() => {
      requireKnownOverrides([{ ...override, ...fields }], repos)
    }).toThrow(expect.objectContaining({ code: 'OVERRIDE_UNKNOWN', exit: 2 }) as Error)
  })
})
