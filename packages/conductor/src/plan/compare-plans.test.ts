import { describe, expect, test } from 'vitest'
import type { Plan } from '@conduct/core'
import {
  aConsumer,
  aDeploy,
  aFrozenConsumer,
  aLane,
  anArtifact,
  aSurvey,
  aTrain,
  commitOf,
} from '../survey-fixture.ts'
import { comparePlans } from './compare-plans.ts'
import type { PlanFacts } from './plan-facts.ts'
import { planFromSurvey } from './plan-from-survey.ts'

const green = { check: 'ci_verdict', verdict: 'green', covered: '1 of 1', detail: 'green' } as const

function plan(fields: Partial<PlanFacts> = {}): Plan {
  return planFromSurvey({
    trainName: 'engine',
    train: aTrain(),
    lane: aLane(),
    configCommit: commitOf('c'),
    configHash: 'f'.repeat(64),
    survey: aSurvey(),
    matrix: new Map([['shop', [green]]]),
    overrides: [],
    requestedBy: 'cli:ana@host',
    wallMs: 1_700_000_000_000,
    ...fields,
  })
}

const texts = (before: Plan, after: Plan) =>
  comparePlans(before, after).changes.map(
    ({ about, subject, from, to, isSigned }) =>
      `${isSigned ? 'signed ' : ''}${about} ${subject}: ${from} > ${to}`,
  )

describe('comparing two plans', () => {
  test('finds nothing between equal ones, whenever they were made, and says that an approval holds', () => {
    expect(comparePlans(plan(), plan({ wallMs: 1_800_000_000_000 }))).toEqual({
      against: { id: plan().id, hash: plan().hash, createdAt: plan().createdAt },
      approvalHolds: true,
      changes: [],
    })
  })

  test('tells what an approval signs from what it does not', () => {
    const moved = aSurvey({ consumers: [aFrozenConsumer({ commit: commitOf('8'), previous: 'decade' })] })
    const later = plan({
      survey: { ...moved, artifacts: [anArtifact({ version: '4.4.0', tag: 'v4.4.0' })] },
      matrix: new Map([['shop', [{ ...green, verdict: 'red' }]]]),
    })

    expect(texts(plan(), later)).toEqual([
      'signed package @acme/engine: 4.3.0 > 4.4.0',
      'signed target shop: nothing > decade',
      `head shop: ${aFrozenConsumer().commit} > ${commitOf('8')}`,
      'check ci_verdict:shop: green > red',
    ])
    expect(comparePlans(plan(), later).approvalHolds).toBe(false)
  })

  test('says once that a consumer joined or left, not each of its details', () => {
    const admin = aFrozenConsumer({
      name: 'admin',
      consumer: aConsumer({ repo: 'admin', deploy: aDeploy() }),
    })
    const both = plan({
      survey: aSurvey({ consumers: [aFrozenConsumer(), admin] }),
      matrix: new Map([
        ['shop', [green]],
        ['admin', [green]],
      ]),
    })
    const without = plan({ survey: { ...aSurvey(), leftOut: ['admin'] } })

    expect(texts(without, both)).toEqual([
      'signed consumer admin: null > in the train',
      'signed left_out left out: admin > nobody',
    ])
    expect(texts(both, without)).toContain('signed consumer admin: in the train > null')
  })

  test('names a tag, a registry, a setting and an override by what they belong to', () => {
    const later = plan({
      survey: aSurvey({
        artifacts: [anArtifact({ tag: 'engine/4.3.0', registry: 'http://127.0.0.1:1/' })],
        consumers: [aFrozenConsumer({ via: 'pull_request' })],
      }),
      overrides: [{ check: 'checkout', repo: 'shop', reason: 'mine', by: 'ana' }],
    })

    expect(texts(plan(), later)).toEqual([
      expect.stringContaining('signed package_detail registry of @acme/engine: '),
      expect.stringMatching(/^signed package_detail tag of @acme\/engine: .* > engine\/\{version\}$/u),
      expect.stringMatching(/^signed consumer_detail adoption of shop: .*, push > .*, pull_request$/u),
      'signed override checkout:shop: null > mine (ana)',
    ])
  })
})
