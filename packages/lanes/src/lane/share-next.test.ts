import { expect, test } from 'vitest'
import { shareNext } from './share-next.ts'

test('who asks at once, or while a work is under way, shares one that began after they asked', async () => {
  const begun: PromiseWithResolvers<number>[] = []
  const ask = shareNext(() => {
    begun.push(Promise.withResolvers<number>())
    return begun.at(-1)?.promise ?? Promise.reject(new Error('begun'))
  })

  const first = [ask(), ask()]
  await Promise.resolve()
  expect(begun).toHaveLength(1)
  const second = [ask(), ask(), ask()]
  await Promise.resolve()
  expect(begun).toHaveLength(1)
  begun[0]?.resolve(1)
  expect(await Promise.all(first)).toEqual([1, 1])
  begun[1]?.resolve(2)

  expect(await Promise.all(second)).toEqual([2, 2, 2])
  expect(begun).toHaveLength(2)
})

test('a work that failed fails for those who shared it, and not for the next', async () => {
  let works = 0
  const ask = shareNext(async () => {
    works += 1
    if (works === 1) throw new Error('no answer')
    return works
  })

  const failed = await Promise.allSettled([ask(), ask()])

  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await ask()).toBe(2)
})
