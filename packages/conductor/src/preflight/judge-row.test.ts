import { expect, test } from 'vitest'
import { ConductError } from '@conduct/core'
import type { TrainContext } from '../context.ts'
import { aFrozenRepo, aSurvey, noOutside } from '../survey-fixture.ts'
import type { Evidence } from './evidence.ts'
import { judgeRow } from './judge-row.ts'
import { green, red, type Row } from './row.ts'
import { rows } from './rows.ts'

const input = {
  context: { signal: new AbortController().signal } as TrainContext,
  survey: aSurvey(),
  evidence: noOutside as unknown as Evidence,
  publishedByThisRun: new Set<string>(),
}
const producer = { role: 'producer', frozen: aFrozenRepo() } as const
const rowThat = (
  judge: () => Promise<ReturnType<typeof green>>,
  over: 'every' | 'consumer' = 'every',
): Row => ({
  check: 'remote',
  over,
  judge,
})

test('what cannot be read is unknown with its code, never green', async () => {
  const row = rowThat(async () => {
    throw new ConductError('REMOTE_UNREACHABLE', 'no route')
  })

  expect(await judgeRow(row, producer, { input, timeoutMs: 1000 })).toMatchObject({
    verdict: 'unknown',
    detail: 'REMOTE_UNREACHABLE: no route',
  })
})

test('a row that never answers is unknown', async () => {
  const row = rowThat(() => Promise.withResolvers<ReturnType<typeof green>>().promise)

  expect(await judgeRow(row, producer, { input, timeoutMs: 1 })).toMatchObject({ verdict: 'unknown' })
})

test('our own bug is not taken for an unknown row', async () => {
  const row = rowThat(async () => {
    throw new TypeError('undefined is not a function')
  })

  await expect(judgeRow(row, producer, { input, timeoutMs: 1000 })).rejects.toThrow(TypeError)
})

test('an interrupted row is an interruption, not an unknown', async () => {
  const aborted = { signal: AbortSignal.abort(new Error('stopped')) } as TrainContext
  const row = rowThat(async () => {
    throw new ConductError('REMOTE_UNREACHABLE', 'killed')
  })

  await expect(
    judgeRow(row, producer, { input: { ...input, context: aborted }, timeoutMs: 1000 }),
  ).rejects.toThrow('stopped')
})

test('a verdict reached while everything was being stopped is none: a killed tool looks like a missing one', async () => {
  const stopping = new AbortController()
  const row = rowThat(async () => {
    stopping.abort(new Error('the lease was lost'))
    return red('1 of 1 managers', 'npm is not on this machine; install it.')
  })
  const context = { signal: stopping.signal } as TrainContext

  await expect(judgeRow(row, producer, { input: { ...input, context }, timeoutMs: 1000 })).rejects.toThrow(
    'the lease was lost',
  )
})

test('a row about consumers does not ask the producer', async () => {
  const row = rowThat(async () => green('', ''), 'consumer')

  expect(await judgeRow(row, producer, { input, timeoutMs: 1000 })).toBeNull()
})

test('every row of the matrix has a name of its own, fit for check:repo', () => {
  const names = rows.map(({ check }) => check)

  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[a-z]+(?:_[a-z]+)*$/)
})
