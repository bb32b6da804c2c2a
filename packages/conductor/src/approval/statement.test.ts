import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlanId } from '@conduct/core'
import { type Statement, parseStatement, renderStatement } from './statement.ts'

const text = fc.string({ unit: 'binary' })
const anyStatement: fc.Arbitrary<Statement> = fc.record({
  estate: text,
  train: text,
  planId: text.map((id) => id as PlanId),
  planHash: text,
  by: text,
  at: text,
  expiresAt: text,
  note: fc.option(text.filter((note) => note !== '')),
})

const statement: Statement = {
  estate: 'acme',
  train: 'engine',
  planId: '5d0e1a2b' as PlanId,
  planHash: 'a'.repeat(64),
  by: 'ana',
  at: '2026-03-01T12:00:00.000Z',
  expiresAt: '2026-03-01T14:00:00.000Z',
  note: null,
}

describe('a statement', () => {
  it('reads as pinned: signatures are good for as long as this text stays', () => {
    expect(renderStatement({ ...statement, note: 'go "now"' })).toBe(
      [
        'conduct approval 1',
        'estate: "acme"',
        'train: "engine"',
        'plan: "5d0e1a2b"',
        `hash: "${'a'.repeat(64)}"`,
        'approver: "ana"',
        'at: "2026-03-01T12:00:00.000Z"',
        'expires: "2026-03-01T14:00:00.000Z"',
        'note: "go \\"now\\""',
        '',
      ].join('\n'),
    )
  })

  it('reads back as what it says, whatever stands in it, and is always nine lines of ASCII', () => {
    fc.assert(
      fc.property(anyStatement, (any) => {
        const rendered = renderStatement(any)

        expect(parseStatement(rendered)).toEqual(any)
        expect(rendered).toMatch(/^[\n -~]*$/)
        expect(rendered.split('\n')).toHaveLength(10)
      }),
    )
  })

  it('is another text wherever it says something else', () => {
    fc.assert(
      fc.property(anyStatement, anyStatement, (one, two) => {
        expect(renderStatement(one) === renderStatement(two)).toBe(
          JSON.stringify(one) === JSON.stringify(two),
        )
      }),
    )
  })

  it.each([
    ['nothing', ''],
    ['a further line', `${renderStatement(statement)}note: "x"\n`],
    ['other line ends', renderStatement(statement).replaceAll('\n', '\r\n')],
    ['another order', renderStatement(statement).split('\n').toReversed().join('\n')],
    ['another title', renderStatement(statement).replace('approval 1', 'approval 2')],
    ['broken JSON', renderStatement(statement).replace('"ana"', '"\\"')],
    ['an escape that need not be', renderStatement(statement).replace('"ana"', '"\\u0061na"')],
  ])('is none with %s: SIGNATURE_INVALID', (_what, changed) => {
    expect(() => parseStatement(changed)).toThrow(
      expect.objectContaining({ code: 'SIGNATURE_INVALID', exit: 6 }),
    )
  })
})
