import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Survey } from '../context.ts'
import {
  aConsumer,
  aDeploy,
  aFrozenConsumer,
  aFrozenRepo,
  aLane,
  anArtifact,
  aSurvey,
  aTrain,
  commitOf,
} from '../survey-fixture.ts'
import type { PlanFacts } from './plan-facts.ts'
import { planFromSurvey } from './plan-from-survey.ts'

const setting = {
  name: 'engine-flag',
  action: 'env_var',
  observe: { argv: ['bin/config', 'get'] },
  expect: ['', 'off'],
  goal: 'on',
  apply: { argv: ['bin/config', 'set'] },
  undo: null,
  secret: false,
} as const

function facts(fields: Partial<PlanFacts> = {}): PlanFacts {
  return {
    trainName: 'engine',
    train: aTrain(),
    lane: aLane(),
    configCommit: commitOf('c'),
    configHash: 'f'.repeat(64),
    survey: aSurvey(),
    matrix: new Map(),
    overrides: [],
    requestedBy: 'cli:ana@host',
    wallMs: 1_700_000_000_000,
    ...fields,
  }
}

const deploying = aConsumer({
  configure: [setting],
  deploy: aDeploy({
    strategy: { kind: 'command', run: { argv: ['bin/deploy', '{sha}'] } },
    previous: { argv: ['bin/deploy', '--current'] },
    rollback: { argv: ['bin/deploy', '{previous_sha}'] },
    after: [{ argv: ['bin/warm'] }],
    verify: { url: 'http://127.0.0.1/version', expect: { text: '{sha}' }, reads: 3, withinMs: 1000 },
  }),
})

describe('the hash of a plan', () => {
  const consumer = aFrozenConsumer({ consumer: deploying, previous: 'old' })
  const base = facts({ survey: aSurvey({ consumers: [consumer] }) })
  const withSurvey = (fields: Partial<Survey>) => ({ survey: { ...base.survey, ...fields } })

  test('does not change with time, heads of consumers, verdicts and whoever asks', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        fc.constantFrom('1', '2', '3', 'e'),
        fc.constantFrom('green', 'unknown', 'red'),
        fc.string(),
        fc.string(),
        (wallMs, digit, verdict, detail, requestedBy) => {
          const plan = planFromSurvey({
            ...base,
            ...withSurvey({ consumers: [{ ...consumer, commit: commitOf(digit) }] }),
            matrix: new Map([['shop', [{ check: 'ci_verdict', verdict, covered: '1 of 1', detail }]]]),
            wallMs,
            requestedBy,
          })

          expect(plan.hash).toBe(planFromSurvey(base).hash)
          expect(plan.id).toBe(planFromSurvey(base).id)
        },
      ),
    )
  })

  const artifact = anArtifact()
  const override = { check: 'checkout', repo: 'shop', reason: 'mine', by: 'cli:ana@host' }
  test.each<[string, Partial<PlanFacts>]>([
    ['the train', { trainName: 'other' }],
    ['the commit of lanes.yaml', { configCommit: commitOf('d') }],
    ['the text of lanes.yaml', { configHash: '0'.repeat(64) }],
    ['the lane', { train: aTrain({ lane: 'other' }) }],
    ['the producer', withSurvey({ producer: aFrozenRepo({ name: 'motor' }) })],
    ['the producer commit', withSurvey({ producer: aFrozenRepo({ commit: commitOf('9') }) })],
    ['a version', withSurvey({ artifacts: [anArtifact({ version: '4.4.0' })] })],
    ['a package', withSurvey({ artifacts: [anArtifact({ name: '@acme/other' })] })],
    ['a further package', withSurvey({ artifacts: [artifact, anArtifact({ name: '@acme/other' })] })],
    ['a registry', withSurvey({ artifacts: [anArtifact({ registry: 'http://127.0.0.1:1/' })] })],
    ['a tag', withSurvey({ artifacts: [anArtifact({ tag: 'engine-v4.3.0' })] })],
    ['catching up', withSurvey({ catchUp: true })],
    ['who is left out', withSurvey({ leftOut: ['admin'] })],
    ['a further consumer', withSurvey({ consumers: [consumer, aFrozenConsumer({ name: 'admin' })] })],
    ['the previous version of a target', withSurvey({ consumers: [{ ...consumer, previous: 'older' }] })],
    ['the way of adopting', withSurvey({ consumers: [{ ...consumer, via: 'pull_request' }] })],
    [
      'the goal of a setting',
      withSurvey({
        consumers: [{ ...consumer, consumer: { ...deploying, configure: [{ ...setting, goal: 'off' }] } }],
      }),
    ],
    ['the order', withSurvey({ consumers: [{ ...consumer, consumer: { ...deploying, after: ['admin'] } }] })],
    [
      'the deploy',
      withSurvey({ consumers: [{ ...consumer, consumer: { ...deploying, deploy: aDeploy() } }] }),
    ],
    ['an override', { overrides: [override] }],
    ['the reason of an override', { overrides: [{ ...override, reason: 'other' }] }],
  ])('changes with %s', (_what, changed) => {
    const other = { ...base, ...changed }

    const known = changed.overrides?.[0]?.reason === 'other' ? { ...base, overrides: [override] } : base
    expect(planFromSurvey(other).hash).not.toBe(planFromSurvey(known).hash)
  })

  test('does not depend on the order in which overrides were typed', () => {
    const other = { ...override, check: 'tag_free' }

    const one = planFromSurvey({ ...base, overrides: [override, other] })
    const two = planFromSurvey({ ...base, overrides: [other, override] })

    expect(one.hash).toBe(two.hash)
  })
})

describe('the steps of a plan', () => {
  const survey = aSurvey({ consumers: [aFrozenConsumer({ consumer: deploying, previous: 'old' })] })
  const plan = planFromSurvey(facts({ survey }))
  const step = (id: string) => plan.steps.find((candidate) => candidate.id === id)

  test('cover the journey in the order of its phases', () => {
    expect(plan.steps.map(({ id }) => id)).toEqual([
      'claim:release_train',
      'survey:engine',
      'survey:shop',
      'preflight:engine',
      'preflight:shop',
      'check:engine',
      'check:shop',
      'approve',
      'publish:@acme/engine@4.3.0',
      'tag:v4.3.0',
      'await:@acme/engine@4.3.0',
      'adopt:shop',
      'configure:shop:engine-flag',
      'deploy:shop',
      'post_deploy:shop:1',
      'verify:shop',
      'report',
      'release:release_train',
    ])
  })

  test('are irreversible exactly where the world offers no way back, and need an approval there', () => {
    const irreversible = plan.steps.filter((candidate) => candidate.irreversible).map(({ kind }) => kind)

    expect(irreversible).toEqual(['publish', 'tag', 'adopt', 'configure', 'deploy', 'post_deploy'])
    expect(plan.steps.filter((one) => one.needsApproval)).toEqual(
      plan.steps.filter((one) => one.irreversible),
    )
  })

  test('need no approval for a setting that can be undone', () => {
    const undoable = { ...deploying, configure: [{ ...setting, undo: { argv: ['bin/config', 'unset'] } }] }
    const other = planFromSurvey(
      facts({ survey: aSurvey({ consumers: [aFrozenConsumer({ consumer: undoable })] }) }),
    )

    const configure = other.steps.find(({ kind }) => kind === 'configure')
    expect(configure).toMatchObject({ irreversible: false, needsApproval: false })
  })

  test('need no approval where `approval: none` was written', () => {
    const other = planFromSurvey(facts({ survey, lane: aLane({ approval: null }) }))

    expect(other.steps.some((one) => one.needsApproval)).toBe(false)
  })

  test('say what a deploy expects to find', () => {
    expect(step('deploy:shop')?.expect).toBe('old runs')
    const first = planFromSurvey(
      facts({ survey: aSurvey({ consumers: [aFrozenConsumer({ consumer: deploying })] }) }),
    )
    expect(first.steps.find(({ id }) => id === 'deploy:shop')?.expect).toBe('nothing is deployed yet')
  })

  test('publish nothing on a catch-up train', () => {
    const other = planFromSurvey(facts({ survey: { ...survey, catchUp: true } }))

    expect(other.steps.some(({ kind }) => ['publish', 'tag', 'await'].includes(kind))).toBe(false)
    expect(other.steps.some(({ kind }) => kind === 'adopt')).toBe(true)
  })

  test('adopt nothing on a train without a library', () => {
    const other = planFromSurvey(facts({ survey: { ...survey, artifacts: [] } }))

    expect(other.steps.some(({ kind }) => kind === 'adopt')).toBe(false)
    expect(other.steps.some(({ kind }) => kind === 'deploy')).toBe(true)
  })

  test('show no secret', () => {
    const secret = {
      ...deploying,
      configure: [{ ...setting, secret: true, goal: 'hunter2', expect: ['hunter1'] }],
    }
    const other = planFromSurvey(
      facts({ survey: aSurvey({ consumers: [aFrozenConsumer({ consumer: secret })] }) }),
    )

    expect(JSON.stringify(other)).not.toContain('hunter')
  })
})

describe('the way back of a plan', () => {
  test('undoes the last effect first and says what stays', () => {
    const survey = aSurvey({ consumers: [aFrozenConsumer({ consumer: deploying, previous: 'old' })] })

    const { compensation } = planFromSurvey(facts({ survey }))

    expect(compensation.map(({ action, possible }) => `${possible ? 'can' : 'cannot'}: ${action}`)).toEqual([
      'can: deploy old again: bin/deploy old',
      'cannot: what bin/warm did stays: nothing undoes it',
      'cannot: engine-flag stays: no undo is declared',
      'can: revert the adoption commit on main, unless something was built on it',
      'can: move latest of @acme/engine back from 4.3.0 to 4.2.3',
      'can: deprecate @acme/engine@4.3.0',
      'cannot: @acme/engine@4.3.0 stays published: nothing deletes it',
      'cannot: what was staged of @acme/engine@4.3.0 stays, unless it was approved: reject it at the registry',
      'cannot: tag v4.3.0 stays: tags never move',
    ])
  })
})

test('a release at the forge follows its tag, and its way back says that it is withdrawn', () => {
  const { steps, compensation } = planFromSurvey(facts({ train: aTrain({ forgeRelease: true }) }))

  const ids = steps.map(({ id }) => id)
  expect(ids.indexOf('forge_release:v4.3.0')).toBe(ids.indexOf('tag:v4.3.0') + 1)
  expect(steps.find(({ kind }) => kind === 'forge_release')).toMatchObject({
    irreversible: true,
    needsApproval: true,
  })
  expect(compensation.find(({ kind }) => kind === 'withdraw_release')).toMatchObject({
    undoes: 'forge_release:v4.3.0',
    possible: true,
    to: '4.2.3',
  })
})

test('a plan is valid for 24 hours and names its unknown rows', () => {
  const matrix = new Map([
    ['shop', [{ check: 'ci_verdict', verdict: 'unknown', covered: '0 of 1', detail: '' } as const]],
  ])

  const plan = planFromSurvey(facts({ matrix }))

  expect(plan.unknowns).toEqual(['ci_verdict:shop'])
  expect(Date.parse(plan.expiresAt) - Date.parse(plan.createdAt)).toBe(24 * 3_600_000)
  expect(plan.id).toMatch(/^[0-9a-f]{8}$/)
})

test('a producer that is deployed, too, stands in the plan once', () => {
  const consumer = aFrozenConsumer({ name: 'engine', via: 'none', consumer: aConsumer({ repo: 'engine' }) })

  const plan = planFromSurvey(facts({ survey: aSurvey({ consumers: [consumer] }) }))

  expect(plan.resources).toEqual(['engine'])
  expect(plan.repos.map(({ repo }) => repo)).toEqual(['engine'])
  const ids = plan.steps.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('a train on a global lane claims the whole lane', () => {
  expect(planFromSurvey(facts({ lane: aLane({ scope: 'global' }) })).resources).toEqual(['*'])
})

describe('a consumer that adopts by pull request', () => {
  const plan = planFromSurvey(
    facts({ survey: aSurvey({ consumers: [aFrozenConsumer({ via: 'pull_request' })] }) }),
  )

  test('is offered the commit and a pull request before anything reaches its main', () => {
    const adopting = plan.steps.filter(({ phase }) => phase === 'adopt')

    expect(adopting.map(({ id, irreversible }) => [id, irreversible])).toEqual([
      ['propose:shop', false],
      ['pull_request:shop', false],
      ['adopt:shop', true],
    ])
  })

  test('is looked at on the way back as soon as something was proposed: anybody may have merged it', () => {
    expect(plan.compensation.find(({ kind }) => kind === 'revert')?.begunBy).toContain('propose:shop')
  })
})
