import { describe, expect, it } from 'vitest'
import type { ApprovalRule, LanesConfig, Person } from '@conduct/config'
import { type Approval, hashJson, type Plan, type PlanId } from '@conduct/core'
import { samplePlanBasis } from './basis-fixture.ts'
import { describeDrift } from '../plan-drift.ts'
import { type Standing, standingOf } from './standing.ts'

const person: Person = { kind: 'person', signingKey: null, forge: null }
const config = {
  estate: 'acme',
  people: new Map([
    ['ana', person],
    ['carl', person],
    ['zoe', person],
    ['fleet', { ...person, kind: 'agent' }],
  ]),
} satisfies Pick<LanesConfig, 'estate' | 'people'>

const rule: ApprovalRule = {
  actions: ['publish'],
  by: ['ana', 'carl', 'fleet'],
  signed: false,
  via: 'cli',
  issue: null,
  expiresMs: 3_600_000,
  requesterMayApprove: false,
  whileWaiting: 'park',
}

const noonMs = Date.parse('2026-03-01T12:00:00.000Z')
const hash = hashJson(samplePlanBasis)
const plan = {
  id: hash.slice(0, 8) as PlanId,
  hash,
  basis: samplePlanBasis,
  requestedBy: 'cli:zoe@host#shop',
} satisfies Pick<Plan, 'id' | 'hash' | 'basis' | 'requestedBy'>

const approval: Approval = {
  format: 1,
  planId: plan.id,
  planHash: hash,
  by: 'ana',
  proof: 'attributed',
  at: '2026-03-01T12:00:00.000Z',
  expiresAt: '2026-03-01T13:00:00.000Z',
  note: null,
  verdict: 'approved',
}
const signed: Approval = { ...approval, proof: 'ssh', signature: 'signature', key: 'SHA256:x' }
const denial: Approval = { ...approval, by: 'carl', verdict: 'denied', note: 'not on a Friday' }

function standing(
  words: readonly Approval[],
  more: Partial<Parameters<typeof standingOf>[0]> = {},
): Promise<Standing> {
  return standingOf({
    config,
    rule,
    plan,
    words,
    nowMs: noonMs,
    whyNotProved: () => Promise.resolve(null),
    ...more,
  })
}

describe('where a plan stands', () => {
  it('is approved by an approval that counts, also where others do not', async () => {
    const words = [{ ...approval, by: 'fleet' }, approval, { ...approval, by: 'zoe' }]

    expect(await standing(words)).toEqual({ state: 'approved', approval })
  })

  it('is denied by one denial, whatever was approved before or after', async () => {
    for (const words of [[denial], [approval, denial], [denial, approval]]) {
      expect(await standing(words)).toEqual({ state: 'denied', approval: denial })
    }
  })

  it('is missing while nobody has said anything', async () => {
    expect(await standing([])).toEqual({ state: 'missing', notCounted: [] })
  })

  it.each<[string, Approval, RegExp]>([
    ['an agent', { ...approval, by: 'fleet' }, /never approves/],
    ['whoever asked for it', { ...approval, by: 'zoe' }, /may not approve/],
    ['somebody unlisted', { ...approval, by: 'eve' }, /nobody that lanes.yaml lists/],
  ])('is not what a record of the store says: %s', async (_who, word, because) => {
    const found = await standing([word])

    expect(found).toMatchObject({ state: 'missing', notCounted: [expect.stringMatching(because) as string] })
  })

  it('is not approved by the one who asked, unless the rule says so', async () => {
    const own = { ...plan, requestedBy: 'agent:ana-3' }

    expect(await standing([approval], { plan: own })).toMatchObject({ state: 'missing' })
    const allowed = { ...rule, requesterMayApprove: true }
    expect(await standing([approval], { plan: own, rule: allowed })).toMatchObject({ state: 'approved' })
  })

  it('is expired, and never approved, once the approval is over; a fresh one counts again', async () => {
    const nowMs = noonMs + 3_600_000
    const fresh = {
      ...approval,
      by: 'carl',
      at: '2026-03-01T13:00:00.000Z',
      expiresAt: '2026-03-01T14:00:00.000Z',
    }

    expect(await standing([approval], { nowMs })).toMatchObject({ state: 'expired', approval })
    expect(await standing([fresh, approval], { nowMs })).toEqual({ state: 'approved', approval: fresh })
  })

  it('needs the proof that lanes.yaml asks for', async () => {
    const asksSigned = { rule: { ...rule, signed: true } }
    const asksForge = { rule: { ...rule, via: 'forge' } } as const
    const atForge: Approval = {
      ...approval,
      proof: 'forge',
      login: 'ana-acme',
      url: 'https://forge.example/1',
    }

    expect(await standing([signed])).toMatchObject({ state: 'approved' })
    expect(await standing([approval, atForge], asksSigned)).toMatchObject({
      state: 'missing',
      notCounted: [
        expect.stringMatching(/not signed/) as string,
        expect.stringMatching(/not signed/) as string,
      ],
    })
    expect(await standing([signed], asksSigned)).toMatchObject({ state: 'approved' })
    expect(await standing([approval, signed], asksForge)).toMatchObject({ state: 'missing' })
    expect(await standing([atForge], asksForge)).toMatchObject({ state: 'approved' })
  })

  it('believes no record: a proof that proves nothing does not count', async () => {
    const whyNotProved = () => Promise.resolve('it was made with the key of carl')

    expect(await standing([signed], { whyNotProved })).toEqual({
      state: 'missing',
      notCounted: ['the approval by ana does not count: it was made with the key of carl'],
    })
  })

  it('hears no word about another plan', async () => {
    const others = [
      { ...approval, planHash: 'f'.repeat(64) },
      { ...denial, planHash: 'f'.repeat(64) },
      { ...approval, planId: `${plan.id}-2` as PlanId },
      { ...denial, planId: `${plan.id}-2` as PlanId },
    ]

    expect(await standing(others)).toEqual({ state: 'missing', notCounted: [] })
  })
})

/** Every value in the basis of a plan, each changed by itself: nothing may slip past an approval. */
describe('drift voids an approval', () => {
  const places = leavesOf(samplePlanBasis)

  it('looks at every field of the sample', () => {
    expect(places.map((place) => place.join('.'))).toEqual(
      expect.arrayContaining(['train', 'configHash', 'packages.0.version', 'consumers.0.deploy.previous']),
    )
    expect(places.length).toBeGreaterThan(25)
  })

  it.each(places.map((place) => [place.join('.'), place] as const))('of %s', async (_name, place) => {
    const basis = changedAt(samplePlanBasis, place)
    const drifted = { ...plan, basis, hash: hashJson(basis) }

    expect(drifted.hash).not.toBe(hash)
    expect(await standing([approval, signed], { plan: drifted })).toEqual({
      state: 'missing',
      notCounted: [],
    })
    expect(describeDrift(samplePlanBasis, basis)).not.toEqual([])
  })
})

type Place = readonly (string | number)[]

/** Of each value that is no object, and of each list itself: one can grow or shrink. */
function leavesOf(value: unknown, place: Place = []): readonly Place[] {
  if (Array.isArray(value)) {
    return [place, ...value.flatMap((item, index) => leavesOf(item, [...place, index]))]
  }
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...place, key]))
  }
  return [place]
}

function changedAt<Value>(value: Value, place: Place): Value {
  const copy = structuredClone(value) as unknown
  let parent = copy as Record<string | number, unknown>
  for (const key of place.slice(0, -1)) parent = parent[key] as Record<string | number, unknown>
  const last = place.at(-1) ?? ''
  parent[last] = another(parent[last])
  return copy as Value
}

function another(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(1)
  if (typeof value === 'boolean') return !value
  return typeof value === 'string' ? `${value}x` : 'x'
}
