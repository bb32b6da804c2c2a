import { expect, test } from 'vitest'
import { judgeNextVersion } from './next-version.ts'

const after = (last: string, ...published: string[]) => ({
  latest: last,
  published: [last, ...published],
})

test.each(['4.2.4', '4.3.0', '5.0.0', '4.2.4-rc.0', '4.3.0-beta.1', '5.0.0-alpha'])(
  '%s may follow 4.2.3',
  (version) => {
    expect(judgeNextVersion({ version, ...after('4.2.3') }).isNext).toBe(true)
  },
)

test.each(['4.2.5', '4.3.1', '4.4.0', '5.0.1', '5.1.0', '6.0.0', '4.2.5-rc.0', '40.2.4'])(
  '%s jumps from 4.2.3',
  (version) => {
    expect(judgeNextVersion({ version, ...after('4.2.3') })).toMatchObject({
      isNext: false,
      reason: expect.stringContaining('jumps from 4.2.3, which is followed by 4.2.4, 4.3.0, 5.0.0') as string,
    })
  },
)

test.each(['4.2.3', '4.2.2', '3.9.9', '4.2.3-rc.9'])('%s is not newer than 4.2.3', (version) => {
  expect(judgeNextVersion({ version, ...after('4.2.3') })).toMatchObject({
    isNext: false,
    reason: expect.stringContaining('is not newer than 4.2.3') as string,
  })
})

test('a prerelease has to be newer than its published siblings', () => {
  const known = after('4.2.3', '4.3.0-rc.2')

  expect(judgeNextVersion({ version: '4.3.0-rc.1', ...known }).isNext).toBe(false)
  expect(judgeNextVersion({ version: '4.3.0-rc.3', ...known }).isNext).toBe(true)
  expect(judgeNextVersion({ version: '4.3.0', ...known }).isNext).toBe(true)
})

test('a package that has only prereleases is followed by the next one, or by the release itself', () => {
  const known = { latest: '1.0.0-rc.1', published: ['1.0.0-rc.1'] }

  expect(judgeNextVersion({ version: '1.0.0-rc.2', ...known }).isNext).toBe(true)
  expect(judgeNextVersion({ version: '1.0.0', ...known }).isNext).toBe(true)
  expect(judgeNextVersion({ version: '2.0.0', ...known }).isNext).toBe(false)
})

test('where latest was moved back, both it and the highest version may be followed', () => {
  const known = { latest: '4.2.3', published: ['4.2.3', '5.0.0'] }

  expect(judgeNextVersion({ version: '4.2.4', ...known }).isNext).toBe(true)
  expect(judgeNextVersion({ version: '5.0.1', ...known }).isNext).toBe(true)
  expect(judgeNextVersion({ version: '5.0.2', ...known }).isNext).toBe(false)
})

test('any version may be the first', () => {
  expect(judgeNextVersion({ version: '0.3.0', latest: null, published: [] }).isNext).toBe(true)
})

test('a text that is no semantic version never follows', () => {
  expect(judgeNextVersion({ version: 'next', ...after('4.2.3') }).isNext).toBe(false)
})
