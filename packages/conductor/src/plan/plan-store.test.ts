import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Plan } from '@conduct/core'
import { openStore, type Store } from '@conduct/lanes/engine'
import { aLane, aSurvey, aTrain } from '../survey-fixture.ts'
import { planFromSurvey } from './plan-from-survey.ts'
import { isPlanExpired, readSavedPlan, savePlan } from './plan-store.ts'

let folder: string
let store: Store
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plan-store-'))
  store = await openStore(`sqlite:${join(folder, 'state.db')}`)
})
afterEach(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const noon = Date.parse('2026-03-01T12:00:00Z')
const planOf = (trainName: string, more: { wallMs?: number; requestedBy?: string } = {}): Plan =>
  planFromSurvey({
    trainName,
    train: aTrain(),
    lane: aLane(),
    configCommit: null,
    configHash: '0'.repeat(64),
    survey: aSurvey(),
    matrix: new Map(),
    overrides: [],
    requestedBy: 'cli:ana@host',
    wallMs: noon,
    ...more,
  })
const withHash = (plan: Plan, hash: string): Plan => ({ ...plan, hash: hash.padEnd(64, '0') })

test('a plan is found by its id and by the start of it', async () => {
  const saved = await savePlan(store, planOf('engine'))

  expect(await readSavedPlan(store, saved.id)).toEqual(saved)
  expect(await readSavedPlan(store, saved.id.slice(0, 3))).toEqual(saved)
})

test('an unknown id is refused, an empty one too', async () => {
  await savePlan(store, planOf('engine'))

  for (const id of ['zzzz', '']) {
    await expect(readSavedPlan(store, id)).rejects.toMatchObject({ code: 'PLAN_UNKNOWN', exit: 4 })
  }
})

test('a start that several plans share is refused with their ids', async () => {
  await savePlan(store, withHash(planOf('engine'), 'abc1'))
  await savePlan(store, withHash(planOf('other'), 'abc2'))

  await expect(readSavedPlan(store, 'abc')).rejects.toMatchObject({
    code: 'PLAN_UNKNOWN',
    message: expect.stringContaining('abc10000, abc20000') as string,
  })
})

test('two plans whose short ids are the same are both kept', async () => {
  const one = await savePlan(store, withHash(planOf('engine'), 'abcdef12aa'))
  const two = await savePlan(store, withHash(planOf('other'), 'abcdef12bb'))

  expect(one.id).toBe('abcdef12')
  expect(two.id).toBe('abcdef12bb000000')
  expect((await readSavedPlan(store, one.id)).basis.train).toBe('engine')
  expect((await readSavedPlan(store, two.id)).basis.train).toBe('other')
})

test('saving it again renews it, and whoever asked first remains the one who asked', async () => {
  await savePlan(store, planOf('engine'))
  const again = planOf('engine', { wallMs: noon + 3_600_000, requestedBy: 'cli:carl@host' })

  const renewed = await savePlan(store, again)

  expect(renewed).toMatchObject({ requestedBy: 'cli:ana@host', expiresAt: again.expiresAt })
})

test('a plan that has expired is asked for anew', async () => {
  await savePlan(store, planOf('engine'))
  const later = planOf('engine', { wallMs: noon + 25 * 3_600_000, requestedBy: 'cli:carl@host' })

  expect((await savePlan(store, later)).requestedBy).toBe('cli:carl@host')
})

test('a plan expires after 24 hours and not before', () => {
  const at = (wallMs: number) => ({ wallMs: () => wallMs }) as Parameters<typeof isPlanExpired>[1]

  expect(isPlanExpired(planOf('engine'), at(noon + 24 * 3_600_000 - 1))).toBe(false)
  expect(isPlanExpired(planOf('engine'), at(noon + 24 * 3_600_000))).toBe(true)
})
