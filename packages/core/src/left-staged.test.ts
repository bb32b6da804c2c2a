import { expect, it } from 'vitest'
import { leftStaged, leftStagedText } from './left-staged.ts'
import type { StepRecord } from './run.ts'

const facts = { package: '@acme/engine', version: '1.1.0', registry: 'https://r/', stageId: 'id-1' }
const staged = { id: 'stage:@acme/engine@1.1.0', kind: 'stage', state: 'done', facts } as const
const publish = (state: StepRecord['state']) =>
  ({ id: 'publish:@acme/engine@1.1.0', kind: 'publish', state, facts: {} }) as const

it('what was staged stays staged until the run has seen it published, or gone', () => {
  const left = [{ ...facts, reject: null }]

  expect(leftStaged([staged])).toEqual(left)
  expect(leftStaged([staged, publish('pending')])).toEqual(left)
  for (const state of ['done', 'already', 'unknown', 'failed'] as const) {
    expect(leftStaged([staged, publish(state)])).toEqual([])
  }
  expect(leftStaged([{ ...staged, state: 'unknown' }])).toEqual([])
  expect(leftStaged([{ ...staged, facts: {} }])).toEqual([])
})

it('says how it goes, where that was written down', () => {
  const [left] = leftStaged([{ ...staged, facts: { ...facts, reject: 'npm stage reject id-1' } }])

  expect(left === undefined ? '' : leftStagedText(left)).toBe(
    '@acme/engine@1.1.0 stays staged at https://r/ as id-1, unless a maintainer approved it since; a maintainer throws it away with: npm stage reject id-1',
  )
})
