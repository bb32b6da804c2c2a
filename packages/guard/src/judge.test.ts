import { describe, expect, it } from 'vitest'
import type { Need } from './change.ts'
import { judge, type Standing, type StandingClaim } from './judge.ts'

const need = (resources: readonly string[] | null): Need => ({ lane: 'migration', resources, because: [] })
const claim = (name: string, more: Partial<StandingClaim> = {}): StandingClaim => ({
  claim: name,
  holder: `cli:${name}`,
  resources: ['shop'],
  state: 'held',
  ...more,
})
const standing = (more: Partial<Standing>): Standing => ({
  lane: 'migration',
  holders: [],
  waiting: [],
  mine: new Set(['me']),
  ...more,
})

describe('a judgement', () => {
  it('is clear where nothing is needed, and where the asker holds all of it', () => {
    expect(judge([], []).verdict).toBe('clear')
    expect(judge([need(['shop'])], [standing({ holders: [claim('me')] })])).toMatchObject({
      verdict: 'clear',
      needs: [{ isHeldByMe: true, holder: null }],
    })
  })

  it('is refused where nobody has it, and held where somebody has, who is named', () => {
    expect(judge([need(['shop'])], [standing({})]).verdict).toBe('refused')
    expect(judge([need(['shop'])], [standing({ holders: [claim('ana')] })])).toMatchObject({
      verdict: 'held',
      needs: [{ isHeldByMe: false, holder: { holder: 'cli:ana' } }],
    })
  })

  it('counts only what covers the resource: another repo’s lease is none, and nobody’s hindrance', () => {
    const mine = claim('me', { resources: ['admin'] })
    const theirs = claim('ana', { resources: ['admin'] })

    expect(judge([need(['shop'])], [standing({ holders: [mine] })]).verdict).toBe('refused')
    expect(judge([need(['shop'])], [standing({ holders: [theirs] })]).verdict).toBe('refused')
    expect(judge([need(['shop', 'admin'])], [standing({ holders: [mine] })]).verdict).toBe('refused')
  })

  it('counts no offer and no place in line as a lease, and names the asker’s own', () => {
    const offered = claim('me', { state: 'offered' })
    const waiting = claim('me', { state: 'waiting' })

    expect(judge([need(['shop'])], [standing({ holders: [offered] })])).toMatchObject({
      verdict: 'refused',
      needs: [{ place: { state: 'offered' } }],
    })
    expect(
      judge([need(['shop'])], [standing({ holders: [claim('ana')], waiting: [waiting] })]),
    ).toMatchObject({ verdict: 'held', needs: [{ place: { state: 'waiting' } }] })
  })

  it('takes any lease of the lane where nobody can name the resource', () => {
    expect(judge([need(null)], [standing({ holders: [claim('me', { resources: ['web'] })] })]).verdict).toBe(
      'clear',
    )
    expect(judge([need(null)], [standing({ holders: [claim('ana')] })]).verdict).toBe('held')
  })

  it('is held as soon as one of several is, and refused where a lane was not looked at', () => {
    const other = { ...need(['shop']), lane: 'other' }

    expect(judge([other], [standing({ holders: [claim('me')] })]).verdict).toBe('refused')
    expect(judge([other, need(['shop'])], [standing({ holders: [claim('ana')] })]).verdict).toBe('held')
  })
})
