import { describe, expect, it } from 'vitest'
import { toCommitId } from '@conduct/core'
import { judgeTarget } from './deploy-target.ts'

const sha = toCommitId('a'.repeat(39) + 'b')
const before = 'c'.repeat(40)
const facts = { sha, previousSha: before, target: 'command' }

describe('what a target says it runs', () => {
  it.each([
    ['the goal, in full', sha, before, 'goal'],
    ['the goal, shortened', sha.slice(0, 7), before, 'goal'],
    ['what ran at plan time', before, before, 'expected'],
    ['nothing, as at plan time', '', null, 'expected'],
    ['nothing, where something ran', '', before, 'other'],
    ['somebody else deployed', 'd'.repeat(40), before, 'other'],
    ['too short to be a commit', sha.slice(0, 6), before, 'other'],
  ] as const)('%s', (_name, running, expected, state) => {
    expect(judgeTarget({ running, expected, facts }).state).toBe(state)
  })

  it('takes a target that already runs the goal as the goal, even when the plan expected just that', () => {
    expect(judgeTarget({ running: sha, expected: sha, facts }).state).toBe('goal')
  })
})
