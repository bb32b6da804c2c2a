import { describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { countedTime, makeMemoryS3, type MemoryS3, type WriteFault } from '../testing/memory-s3.ts'
import { makeS3Documents } from './s3-documents.ts'
import { makeS3Keys } from './s3-keys.ts'
import { makeS3Log } from './s3-log.ts'
import { makeS3Register } from './s3-register.ts'
import { makeS3Riding } from './s3-riding.ts'

function openHandle(
  s3: MemoryS3,
  faultOf: (key: string) => WriteFault = () => 'none',
): Pick<Store, 'register' | 'log'> & { settled(): Promise<void> } {
  const objects = s3.connect(({ key }) => faultOf(key))
  const keys = makeS3Keys('', 'acme')
  const newTime = () => countedTime(200)
  const documents = makeS3Documents(objects, keys)
  const riding = makeS3Riding({ objects, keys, newTime })
  return {
    register: makeS3Register({ objects, keys, documents, riding, newTime }),
    log: makeS3Log({ objects, keys, documents, newTime }),
    settled: () => riding.settled(),
  }
}

function decideOnce({ register }: Pick<Store, 'register'>): Promise<number> {
  return register.change<{ format: 1; count: number }, number>('x', (document) => {
    const count = (document?.count ?? 0) + 1
    return { write: { format: 1, count }, append: [{ log: 'x', seq: count, record: count }], result: count }
  })
}

async function recordsIn(s3: MemoryS3): Promise<readonly unknown[]> {
  return (await openHandle(s3).log.read('x')).map(({ record }) => record)
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('a record that rides', () => {
  test('rides on until it is known to lie in its slot, whoever writes next', async () => {
    const s3 = makeMemoryS3()
    const noSlots = (key: string): WriteFault => (key.includes('/l/') ? 'does_nothing' : 'none')

    for (let round = 1; round <= 20; round++) {
      const handle = openHandle(s3, round % 5 === 0 ? undefined : noSlots)
      await decideOnce(handle)
      await handle.settled()
      expect(await recordsIn(s3)).toEqual(upTo(round))
    }
  })

  test('is not dropped when its copy was sent and never answered', async () => {
    const s3 = makeMemoryS3()
    const late = openHandle(s3, (key) => (key.includes('/l/') ? 'acts_late' : 'none'))

    for (let round = 1; round <= 6; round++) {
      await decideOnce(late)
      await late.settled()
      expect(await recordsIn(s3)).toEqual(upTo(round))
    }
    s3.landLate()

    expect(await recordsIn(s3)).toEqual(upTo(6))
  })

  test('has a limit: a store that takes documents and no slots refuses the next write, and loses nothing', async () => {
    const s3 = makeMemoryS3()
    const handle = openHandle(s3, (key) => (key.includes('/l/') ? 'does_nothing' : 'none'))
    for (let round = 1; round <= 32; round++) await decideOnce(handle)

    await expect(decideOnce(handle)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })

    expect(await recordsIn(s3)).toEqual(upTo(32))
  })

  test('meets a slot that holds another record: the store went back, and only a restart goes on', async () => {
    const s3 = makeMemoryS3()
    const first = openHandle(s3)
    await decideOnce(first)
    const old = s3.bodies.get('acme/d/x') ?? ''
    await decideOnce(first)
    await first.settled()
    ;(s3.bodies as Map<string, string>).set('acme/d/x', old)
    const later = openHandle(s3)
    const rewrite = (isRestart: boolean, seq: number) =>
      later.register.change('x', () => ({
        write: { format: 1, count: seq },
        append: [{ log: 'x', seq, record: 'another' }],
        ...(isRestart ? { isRestart } : {}),
        result: seq,
      }))

    await rewrite(false, 2)
    await later.settled()

    await expect(rewrite(false, 3)).rejects.toMatchObject({ code: 'STORE_BEHIND', exit: 2 })
    expect(await recordsIn(s3)).toEqual([1, 2])
    expect(await rewrite(true, 10)).toBe(10)
    expect(await recordsIn(s3)).toEqual([1, 2, 'another'])
  })

  test('takes no slot twice and rides in no foreign document: nothing is written', async () => {
    const s3 = makeMemoryS3()
    const handle = openHandle(s3)
    await decideOnce(handle)
    const append = (log: string, seq: number) =>
      handle.register.change('x', () => ({
        write: { format: 1, count: 9 },
        append: [{ log, seq, record: 'no' }],
        result: null,
      }))

    await expect(append('x', 1)).rejects.toThrow('slot 1 of x is free')
    await expect(append('y', 1)).rejects.toThrow('the log y rides in x')
    expect((await handle.register.read<{ count: number }>('x'))?.document.count).toBe(1)
  })
})
