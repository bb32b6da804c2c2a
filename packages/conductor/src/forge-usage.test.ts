import { expect, test } from 'vitest'
import { addRequests } from './forge-usage.ts'

const shop = { repo: 'shop', host: 'github.com', requests: 3, unchanged: 1, writes: 2, limitPerHour: 5000 }
const itself = { ...shop, repo: null, requests: 1, unchanged: 0, writes: 0, limitPerHour: null }

test('what several writers of a run asked is one sum per repo', () => {
  const second = { ...shop, requests: 4, limitPerHour: null }

  expect(addRequests([shop, itself], [second])).toEqual([
    { ...shop, requests: 7, unchanged: 2, writes: 4, limitPerHour: 5000 },
    itself,
  ])
  expect(addRequests([], [shop])).toEqual([shop])
})
