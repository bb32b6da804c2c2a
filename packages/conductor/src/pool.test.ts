import { expect, test } from 'vitest'
import { createPool } from './pool.ts'

test('runs as many tasks at once as allowed, and not one more', async () => {
  const pool = createPool(3)
  const gates = Array.from({ length: 10 }, () => Promise.withResolvers<void>())
  let running = 0
  let most = 0

  const results = gates.map((gate, index) =>
    pool(async () => {
      running += 1
      most = Math.max(most, running)
      await gate.promise
      running -= 1
      return index
    }),
  )
  await Promise.resolve()
  expect(running).toBe(3)
  for (const gate of gates) gate.resolve()

  expect(await Promise.all(results)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(most).toBe(3)
})

test('goes on with the next task after one that failed', async () => {
  const pool = createPool(1)

  const failed = pool(async () => {
    throw new Error('first')
  })
  const second = pool(async () => 'second')

  await expect(failed).rejects.toThrow('first')
  expect(await second).toBe('second')
})
