import { describe, expect, it } from 'vitest'
import type { Finding } from './findings.ts'
import { renderFinding, renderFindings } from './render-finding.ts'

const finding = (changes: Partial<Finding>): Finding => ({
  code: 'LANE_UNKNOWN_REPO',
  severity: 'error',
  message: 'train "engine" names a repo that is not declared: "shpo"',
  hint: 'did you mean "shop"? Declared repos: engine, shop, admin',
  file: 'lanes.yaml',
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 2,
  related: [],
  ...changes,
})
const sourceWith = (line: number, text: string) => `${'\n'.repeat(line - 1)}${text}\n`

describe('the frame of a finding', () => {
  it('shows the line with the exact span underlined, and what to do', () => {
    const text = renderFinding(
      finding({ line: 58, column: 15, endLine: 58, endColumn: 19 }),
      sourceWith(58, '      - repo: shpo'),
    )

    expect(text).toBe(`error LANE_UNKNOWN_REPO: train "engine" names a repo that is not declared: "shpo"
  --> lanes.yaml:58:15
   |
58 |       - repo: shpo
   |               ^^^^
   = did you mean "shop"? Declared repos: engine, shop, admin
`)
  })

  it('says warning where it is one', () => {
    const text = renderFinding(finding({ code: 'ORDER_EAGER_SETS', severity: 'warning', message: 'm' }), 'x')

    expect(text).toMatch(/^warning ORDER_EAGER_SETS: m\n/)
  })

  it('underlines by columns of the terminal, not by characters', () => {
    const source = '\tü e\u0301 目的: 🚂x'
    const at = source.indexOf('x')
    const lines = renderFinding(finding({ column: at + 1, endColumn: at + 2 }), source).split('\n')

    expect(lines[3]).toBe('1 |     ü e\u0301 目的: 🚂x')
    expect(lines[4]).toBe(`  | ${' '.repeat(4 + 1 + 1 + 1 + 1 + 4 + 1 + 1 + 2)}^`)
  })

  it('shows first and last line of a long span', () => {
    const text = renderFinding(
      finding({ line: 1, column: 3, endLine: 4, endColumn: 6 }),
      'a b c\n  two\n  three\n  four\n',
    )

    expect(text.split('\n').slice(2, -2)).toEqual([
      '  |',
      '1 | a b c',
      '  |   ^^^',
      '  …',
      '4 |   four',
      '  |   ^^^',
    ])
  })

  it('ends a span that stops at the start of a line on the line before', () => {
    const text = renderFinding(finding({ line: 1, column: 1, endLine: 2, endColumn: 1 }), 'one\ntwo\n')

    expect(text.split('\n').slice(2, -2)).toEqual(['  |', '1 | one', '  | ^^^'])
  })

  it('marks related places with what they are', () => {
    const text = renderFinding(
      finding({
        line: 12,
        endLine: 12,
        endColumn: 4,
        related: [
          { file: 'lanes.yaml', line: 1, column: 1, endLine: 1, endColumn: 4, message: 'first here' },
        ],
      }),
      `one${sourceWith(12, 'two')}`,
    )

    expect(text.split('\n').slice(5, -2)).toEqual([
      '  ::: lanes.yaml:1:1',
      '   |',
      ' 1 | one',
      '   | --- first here',
    ])
  })

  it('cuts a line that is too long around the span', () => {
    const source = `${'a'.repeat(500)}WRONG${'b'.repeat(500)}`
    const lines = renderFinding(finding({ column: 501, endColumn: 506 }), source).split('\n')

    expect(lines[3]?.length).toBeLessThan(150)
    expect(lines[3]).toMatch(/^1 \| …a+WRONGb+…$/)
    expect(lines[4]?.indexOf('^^^^^')).toBe(lines[3]?.indexOf('WRONG'))
  })

  it('lets nothing through that could command a terminal', () => {
    const text = renderFinding(finding({ message: 'a \u001b[31mred\u202e name' }), 'x\u001b]0;title\u0007')

    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202e/u)
  })

  it('still points at the end of the file when nothing stands there', () => {
    const text = renderFinding(finding({ line: 1, column: 1, endLine: 1, endColumn: 1 }), '')

    expect(text.split('\n').slice(2, -2)).toEqual(['  |', '1 |', '  | ^'])
  })

  it('hides a secret in every frame that shows its line', () => {
    const source = 'run: deploy --token hunter2hunter2 {sah}'
    const secret = finding({ code: 'SECRET_LITERAL', message: 'secret', column: 21, endColumn: 35 })
    const other = finding({
      code: 'TEMPLATE_UNKNOWN_VARIABLE',
      message: 'variable',
      column: 36,
      endColumn: 41,
    })

    expect(renderFindings([other, secret], source)).not.toContain('hunter2')
  })
})
