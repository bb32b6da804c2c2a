import { expect, test } from 'vitest'
import { aConsumer, aDeploy, aFrozenConsumer, aLane, aSurvey, aTrain, commitOf } from '../survey-fixture.ts'
import { planFromSurvey } from '../plan/plan-from-survey.ts'
import { listUnverified } from './unverified.ts'

const survey = aSurvey({
  consumers: [
    aFrozenConsumer({
      consumer: aConsumer({
        deploy: aDeploy({ strategy: { kind: 'command', run: { argv: ['bin/deploy'] } } }),
      }),
      previousUnknown: 'bin/deploy --current: exit code 1',
    }),
  ],
})
const plan = planFromSurvey({
  trainName: 'engine',
  train: aTrain(),
  lane: aLane(),
  configCommit: null,
  configHash: commitOf('f'),
  survey,
  matrix: new Map([
    [
      'shop',
      [
        { check: 'remote', verdict: 'green', covered: '1 of 1', detail: 'answers' },
        { check: 'ci_verdict', verdict: 'unknown', covered: '0 of 1', detail: 'the forge did not answer' },
      ],
    ],
  ]),
  overrides: [],
  requestedBy: 'cli:ana@host',
  wallMs: 0,
})

test('a dry run lists what could not be read first, then everything that only the run itself finds out', () => {
  const listed = listUnverified(plan, survey)

  expect(listed.slice(0, 2)).toEqual([
    { what: 'ci_verdict:shop', repo: 'shop', why: 'the forge did not answer' },
    { what: 'what shop runs', repo: 'shop', why: 'bin/deploy --current: exit code 1' },
  ])
  const effects = plan.steps.filter(({ irreversible }) => irreversible)
  expect(effects.length).toBeGreaterThan(2)
  for (const { action } of effects) expect(listed.map(({ what }) => what)).toContain(action)
  expect(listed.some(({ what }) => what.startsWith('freeze'))).toBe(false)
})
