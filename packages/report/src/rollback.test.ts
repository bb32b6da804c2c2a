import { describe, expect, it } from 'vitest'
import type { RunRecord } from '@conduct/core'
import { doneRun } from '../fixtures/sample-runs.ts'
import { renderRunHtml, renderRunMarkdown, renderRunText, runToJson } from './index.ts'

const before = '7'.repeat(40)
const [deployed, ...others] = doneRun.deployed

function rolledBack(rollback: RunRecord['deployed'][number]['rollback']): RunRecord {
  if (deployed === undefined) throw new Error('the sample deploys')
  return { ...doneRun, state: 'stopped', deployed: [{ ...deployed, verified: 'no', rollback }, ...others] }
}

describe('a deploy that was rolled back', () => {
  it('says in every form what was deployed, that it was taken back, and what runs now', () => {
    const record = rolledBack({ outcome: 'rolled_back', running: before, evidence: `${before} runs` })

    expect(runToJson(record).deployed[0]).toMatchObject({
      sha: deployed?.sha,
      verified: 'no',
      rolled_back: { outcome: 'rolled_back', running: before },
    })
    for (const render of [renderRunText, renderRunMarkdown, renderRunHtml]) {
      const text = render(record)
      expect(text).toContain(before.slice(0, 12))
      expect(text).toMatch(/rolled back in shop/)
    }
  })

  it('that failed says so, and claims nothing about what could not be read', () => {
    const record = rolledBack({ outcome: 'failed', running: null, evidence: 'exit code 3' })

    expect(runToJson(record).deployed[0]).toMatchObject({ rolled_back: { outcome: 'failed', running: null } })
    expect(renderRunText(record)).toMatch(/the rollback did not succeed in shop/)
    expect(renderRunHtml(record)).toContain('rollback failed')
  })

  it('has no such columns in a run that nobody took anything back of', () => {
    expect(runToJson(doneRun).deployed[0]).not.toHaveProperty('rolled_back')
    expect(renderRunHtml(doneRun)).not.toContain('rolled back')
  })
})

describe('a run that was taken back', () => {
  it('has a section that names what is gone and what stays, and is no longer done', () => {
    const step = {
      ...doneRun.steps[0],
      phase: 'undo',
      repo: 'shop',
      irreversible: true,
    } as RunRecord['steps'][number]
    const record: RunRecord = {
      ...doneRun,
      state: 'compensated',
      undone: 'yes',
      steps: [
        ...doneRun.steps,
        {
          ...step,
          id: 'redeploy:shop',
          kind: 'redeploy',
          action: 'deploy 777 again',
          state: 'done',
          evidence: '777 runs',
        },
        {
          ...step,
          id: 'stays:tag',
          kind: 'stays',
          action: 'the tag stays',
          state: 'skipped',
          evidence: 'tags never move',
        },
      ],
    }

    const text = renderRunText(record)

    expect(text).toContain('Taken back')
    expect(text).toMatch(/deploy 777 again[\s\S]*777 runs/)
    expect(text).toMatch(/the tag stays/)
    expect(runToJson(record)).toMatchObject({ state: 'compensated', undone: 'yes' })
  })
})
