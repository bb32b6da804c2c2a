import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Approval, Plan } from '@conduct/core'
import { openStore, type Store } from '@conduct/lanes/engine'
import { addWord, readWords } from '../approval/approval-store.ts'
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

describe('a plan that was denied', () => {
  const word = (plan: Plan, verdict: Approval['verdict'], by = 'ana'): Approval => ({
    format: 1,
    planId: plan.id,
    planHash: plan.hash,
    by,
    proof: 'attributed',
    at: '2026-03-01T12:00:00.000Z',
    expiresAt: '2026-03-01T14:00:00.000Z',
    note: 'not on a Friday',
    verdict,
  })

  test('is never approved, by nobody: APPROVAL_DENIED', async () => {
    const plan = await savePlan(store, planOf('engine'))
    await addWord(store, word(plan, 'approved', 'carl'))
    await addWord(store, word(plan, 'denied'))

    await expect(addWord(store, word(plan, 'approved', 'carl'))).rejects.toMatchObject({
      code: 'APPROVAL_DENIED',
      exit: 6,
      message: expect.stringContaining('ana denied') as string,
    })
    expect((await readWords(store, plan)).words.map(({ verdict }) => verdict)).toEqual(['approved', 'denied'])
  })

  test('comes back under another id when somebody asks anew, asked for by them', async () => {
    const denied = await savePlan(store, planOf('engine'))
    await addWord(store, word(denied, 'denied'))

    const anew = await savePlan(store, planOf('engine', { requestedBy: 'cli:carl@host' }))
    const again = await savePlan(store, planOf('engine'))

    expect(anew).toMatchObject({ id: `${denied.id}-2`, hash: denied.hash, requestedBy: 'cli:carl@host' })
    expect(again.id).toBe(anew.id)
    expect((await readWords(store, anew)).words).toEqual([])
    await addWord(store, word(anew, 'denied'))
    expect((await savePlan(store, planOf('engine'))).id).toBe(`${denied.id}-3`)
  })

  test('stays the plan of the runs that are bound to it', async () => {
    const denied = await savePlan(store, planOf('engine'))
    await addWord(store, word(denied, 'denied'))

    expect((await savePlan(store, planOf('engine'), { bound: denied })).id).toBe(denied.id)
    expect((await savePlan(store, planOf('other'), { bound: denied })).id).not.toBe(denied.id)
  })
})

test('of two who approve at once both are kept, and of one person the latest word', async () => {
  const plan = await savePlan(store, planOf('engine'))
  const by = (person: string, note: string): Approval => ({
    format: 1,
    planId: plan.id,
    planHash: plan.hash,
    by: person,
    proof: 'attributed',
    at: '2026-03-01T12:00:00.000Z',
    expiresAt: '2026-03-01T14:00:00.000Z',
    note,
    verdict: 'approved',
  })
  await addWord(store, by('ana', 'first'))

  await Promise.all([addWord(store, by('ana', 'second')), addWord(store, by('carl', 'mine'))])

  const { words } = await readWords(store, plan)
  expect(words.map(({ by: person, note }) => `${person}: ${note}`).sort()).toEqual([
    'ana: second',
    'carl: mine',
  ])
})
