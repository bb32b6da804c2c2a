import { isConductError } from '@conduct/core'
import { describe, expect, test } from 'vitest'
import type { Register } from '../store.ts'
import { countedTime, makeMemoryS3, type MemoryS3, type WriteFault } from '../testing/memory-s3.ts'
import { makeS3Documents } from './s3-documents.ts'
import { fateOf, nextEnvelope, rewritten } from './s3-envelope.ts'
import { makeS3Keys } from './s3-keys.ts'
import { makeS3Register } from './s3-register.ts'
import { makeS3Riding } from './s3-riding.ts'

interface Counter {
  readonly format: 1
  readonly count: number
}

const faults: readonly WriteFault[] = ['none', 'loses_answer', 'does_nothing', 'acts_late']

function makeRegister(
  s3: MemoryS3,
  options: { before?: Parameters<MemoryS3['connect']>[0]; requestsMax?: number } = {},
): Register {
  const objects = s3.connect(options.before)
  const keys = makeS3Keys('', 'acme')
  const newTime = () => countedTime(options.requestsMax ?? 60)
  const documents = makeS3Documents(objects, keys)
  const riding = makeS3Riding({ objects, keys, newTime })
  return makeS3Register({ objects, keys, documents, riding, newTime })
}

function increment(register: Register): Promise<number> {
  return register.change<Counter, number>('x', (document) => {
    const count = (document?.count ?? 0) + 1
    return { write: { format: 1, count }, result: count }
  })
}

async function outcomeOf(work: Promise<number>): Promise<number | 'unknown'> {
  return work.catch((error: unknown) => {
    if (isConductError(error, 'STORE_UNREACHABLE')) return 'unknown'
    throw error
  })
}

async function countIn(s3: MemoryS3): Promise<number> {
  return (await makeRegister(s3).read<Counter>('x'))?.document.count ?? 0
}

/** What happens to the first tries of one write, and what the world does before which of them. */
interface Plan {
  readonly faults: readonly WriteFault[]
  /** Before this try the other writer writes so often; 99: never. */
  readonly otherAt: number
  readonly otherWrites: number
  /** Before this try what is late arrives; in any case when all is over. */
  readonly landAt: number
}

const never = 99

const plans: readonly Plan[] = faults.flatMap((first) =>
  faults.flatMap((second) =>
    faults.flatMap((third) =>
      [1, 2, 3, 4, never].flatMap((otherAt) =>
        [1, 2].flatMap((otherWrites) =>
          [2, 3, 4, never].map((landAt) => ({
            faults: [first, second, third],
            otherAt,
            otherWrites,
            landAt,
          })),
        ),
      ),
    ),
  ),
)

/** @returns how often our increment was made, and what we were told. */
async function play({ faults: script, otherAt, otherWrites, landAt }: Plan) {
  const s3 = makeMemoryS3()
  const other = makeRegister(s3)
  await increment(other)
  let others = 1
  const ours = makeRegister(s3, {
    before: async ({ index }): Promise<WriteFault> => {
      if (index === landAt) s3.landLate()
      if (index === otherAt) {
        for (let write = 1; write <= otherWrites; write++) others += await increment(other).then(() => 1)
      }
      return script[index - 1] ?? 'none'
    },
  })
  const told = await outcomeOf(increment(ours))
  s3.landLate()
  return { told, made: (await countIn(s3)) - others }
}

describe('a write that is not answered', () => {
  test('is made once when it was told so, whatever became of its tries and whoever wrote in between', async () => {
    const wrong: unknown[] = []
    const told = { made: 0, unknown: 0 }

    for (const plan of plans) {
      const played = await play(plan)
      told[played.told === 'unknown' ? 'unknown' : 'made']++
      const isRight = played.told === 'unknown' ? played.made === 0 || played.made === 1 : played.made === 1
      if (!isRight) wrong.push({ plan, played })
    }

    expect(wrong).toEqual([])
    expect(told).toEqual({ made: 64 * 5 * 2 * 4, unknown: 0 })
  })

  test('is not taken for the same write of somebody else', async () => {
    const s3 = makeMemoryS3()
    const other = makeRegister(s3)
    const ours = makeRegister(s3, {
      before: async ({ index }): Promise<WriteFault> => {
        if (index === 1) await increment(other)
        return 'none'
      },
    })

    expect(await increment(ours)).toBe(2)
    expect(await countIn(s3)).toBe(2)
  })

  test('is made impossible before a later call says that nothing happened', async () => {
    const s3 = makeMemoryS3()
    await increment(makeRegister(s3))
    let isBad = true
    const register = makeRegister(s3, { before: () => (isBad ? 'acts_late' : 'none'), requestsMax: 8 })
    await expect(increment(register)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    isBad = false

    const seen = await register.change<Counter, number>('x', (document) => ({ result: document?.count ?? 0 }))

    expect(s3.landLate()).toBe(0)
    expect(seen).toBe(1)
    expect(await countIn(s3)).toBe(1)
  })

  test('is unknown, and thrown, when more writes followed than an envelope remembers', async () => {
    const s3 = makeMemoryS3()
    const other = makeRegister(s3)
    await increment(other)
    const ours = makeRegister(s3, {
      before: async ({ index }): Promise<WriteFault> => {
        if (index !== 1) return 'none'
        for (let write = 1; write <= 40; write++) await increment(other)
        return 'does_nothing'
      },
    })

    await expect(increment(ours)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' })
    expect(await countIn(s3)).toBe(41)
  })
})

describe('the envelope of a document', () => {
  test('tells what became of a write for as many writes as it remembers', () => {
    const first = nextEnvelope(null, { logs: {}, pending: [], document: { format: 1 } })
    const ours = rewritten(first)
    const theirs = rewritten(first)

    expect(fateOf(ours, ours)).toBe('ours')
    expect(fateOf(ours, rewritten(rewritten(ours)))).toBe('ours')
    expect(fateOf(ours, rewritten(theirs))).toBe('lost')
    expect(fateOf(ours, first)).toBe('lost')
    expect(fateOf(ours, null)).toBe('lost')
    let much = ours
    for (let write = 1; write <= 32; write++) much = rewritten(much)
    expect(fateOf(ours, much)).toBe('unknown')
  })

  test('is never the same twice, also when it holds the same', () => {
    const first = nextEnvelope(null, { logs: { x: 1 }, pending: [], document: { format: 1 } })
    const again = rewritten(first)

    expect(again).toMatchObject({ version: 2, logs: { x: 1 }, document: { format: 1 } })
    expect(again.nonces).toHaveLength(2)
    expect(again.nonces[0]).not.toBe(first.nonces[0])
    expect(rewritten(null)).toMatchObject({ version: 1, logs: {}, pending: [], document: null })
  })
})
