import { describe, expect, it } from 'vitest'
import { judgeNextGemVersion } from './next-gem-version.ts'

const judge = (version: string, published: readonly string[], latest: string | null = null) =>
  judgeNextGemVersion({ version, latest, published }).isNext

describe('the next version of a gem', () => {
  it.each(['1.2.4', '1.3.0', '1.3', '2.0.0', '2', '1.2.3.1', '1.3.0.pre.1', '2.0.0.rc1'])(
    'follows 1.2.3: %s',
    (version) => {
      expect(judge(version, ['1.0.0', '1.2.3'])).toBe(true)
    },
  )

  it.each(['1.2.3', '1.2.5', '1.4.0', '3.0.0', '1.2.3.2', '1.2.2', '1.2.3.pre', '1.4.0.pre', 'next'])(
    'does not follow 1.2.3: %s',
    (version) => {
      expect(judge(version, ['1.0.0', '1.2.3'])).toBe(false)
    },
  )

  it('is anything where nothing is published, and the release of a prerelease', () => {
    expect(judge('0.1', [])).toBe(true)
    expect(judge('1.0.0', ['1.0.0.pre.1'])).toBe(true)
    expect(judge('1.0.0.pre.2', ['1.0.0.pre.1'])).toBe(true)
    expect(judge('1.0.0.pre.1', ['1.0.0.pre.2'])).toBe(false)
  })

  it('counts a version of two or four segments as one of them', () => {
    expect(judge('1.6', ['1.5'])).toBe(true)
    expect(judge('1.5.1', ['1.5'])).toBe(true)
    expect(judge('7.0.4.2', ['7.0.4.1'])).toBe(true)
    expect(judge('7.0.5', ['7.0.4.1'])).toBe(true)
  })
})
