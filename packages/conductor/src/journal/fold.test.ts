import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunId } from '@conduct/core'
import { foldRun } from './fold.ts'
import type { JournalBody, JournalRecord, ProofEffect, StepHead } from './journal-record.ts'

const run = '8f2c11' as RunId
const launcher = 'conduct -c /estate/lanes.yaml'

function journal(...bodies: readonly JournalBody[]): readonly JournalRecord[] {
  return [created, ...bodies].map((body, index) => ({
    format: 1,
    id: String(index),
    at: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(),
    token: 42,
    ...body,
  }))
}

const created: JournalBody = {
  type: 'created',
  train: 'engine',
  estate: 'acme',
  by: 'cli:ana@host',
  request: { only: null, version: null, overrides: [], acknowledged: [] },
  salt: 'salt',
}

const opened: JournalBody = {
  type: 'opened',
  kind: 'run',
  holder: 'cli:ana@host',
  lane: 'release_train',
  resources: ['engine', 'shop'],
  waitedMs: 0,
  configCommit: null,
}

const publish: StepHead = {
  id: 'publish:@acme/engine@4.3.0',
  phase: 'publish',
  kind: 'publish',
  repo: 'engine',
  action: 'publish @acme/engine 4.3.0',
  irreversible: true,
}

const publishFacts = {
  package: '@acme/engine',
  version: '4.3.0',
  integrity: 'sha512-aaaa',
  registry: 'http://127.0.0.1:4873/',
}

function intent(step: StepHead): JournalBody {
  return { type: 'intent', step, startedAt: '2026-01-01T00:00:00.000Z', facts: {} }
}

function proof(
  step: StepHead,
  state: 'done' | 'already' | 'failed' | 'unknown',
  effect: ProofEffect,
): JournalBody {
  return {
    type: 'proof',
    step,
    state,
    effect,
    startedAt: '2026-01-01T00:00:00.000Z',
    evidence: state,
    facts: publishFacts,
  }
}

describe('folding a journal', () => {
  it('counts an irreversible intent without a proof as done: the process may have died after the effect', () => {
    const record = foldRun(run, journal(opened, intent(publish)), { launcher })

    expect(record.irreversibleDone).toBe(true)
    expect(record.steps.map((step) => step.state)).toEqual(['running'])
    expect(record.published).toEqual([])
    expect(record.next).toBe('conduct -c /estate/lanes.yaml resume 8f2c11')
  })

  it('takes an intent back when the target compared and refused', () => {
    const record = foldRun(run, journal(opened, intent(publish), proof(publish, 'failed', 'none')), {
      launcher,
    })

    expect(record.irreversibleDone).toBe(false)
  })

  it('names what was published although the proof came only with the resume', () => {
    const resumed: JournalBody = { ...opened, kind: 'resume' }

    const record = foldRun(
      run,
      journal(opened, intent(publish), resumed, proof(publish, 'already', 'not_started')),
      { launcher },
    )

    expect(record.published).toEqual([{ ...publishFacts, tag: null, deprecated: null }])
    expect(record.irreversibleDone).toBe(true)
    expect(record.openings.map((opening) => opening.kind)).toEqual(['run', 'resume'])
  })

  it.each([
    ['found again by a resume, keeps the time it took', ['done', 'already'], '00:00:02'],
    ['that failed and is done by a resume, has the time of that', ['failed', 'already'], '00:00:04'],
  ] as const)('a step %s', (_case, [first, second], ended) => {
    const resumed: JournalBody = { ...opened, kind: 'resume' }
    const later = {
      ...proof(publish, second, 'not_started'),
      startedAt: '2026-01-01T00:00:03.500Z',
    } as JournalBody

    const record = foldRun(run, journal(opened, proof(publish, first, 'done'), resumed, later), { launcher })

    expect(record.steps.map((step) => step.endedAt)).toEqual([`2026-01-01T${ended}.000Z`])
    expect(record.steps.map((step) => step.startedAt === '2026-01-01T00:00:00.000Z')).toEqual([
      first === 'done',
    ])
  })

  it('keeps an unknown outcome unknown when a later look cannot read it either', () => {
    const record = foldRun(run, journal(opened, intent(publish), proof(publish, 'unknown', 'not_started')), {
      launcher,
    })

    expect(record.irreversibleDone).toBe(true)
    expect(record.unknowns).toEqual(['publish:@acme/engine@4.3.0'])
  })

  it('waits for an approval with the command that gives it', () => {
    const record = foldRun(
      run,
      journal(opened, {
        type: 'stopped',
        waitsFor: 'approval',
        next: null,
        laneReleased: true,
        stop: { code: 'APPROVAL_MISSING', exit: 6, message: 'm', hint: 'h', phase: 'approve' },
      }),
      { launcher },
    )

    expect(record.state).toBe('waiting_approval')
    expect(record.lane?.released).toBe(true)
  })

  it.each(['STAGE_APPROVAL_MISSING', 'PUBLISH_OTP'] as const)(
    'after %s waits for a maintainer: their command comes before ours, and no plan is approved again',
    (code) => {
      const stop = { code, exit: 6, message: 'm', hint: 'h', phase: 'publish' } as const
      const first = 'npm stage approve 1de6f3db-2ed9-4d72-b3dd-8f0e2b474a2f'
      const next = `resume ${run}`
      const stopped = {
        type: 'stopped',
        waitsFor: 'approval',
        next,
        first,
        laneReleased: true,
        stop,
      } as const

      const record = foldRun(run, journal(opened, stopped), { launcher })

      expect(record.state).toBe('waiting_approval')
      expect(record.next).toBe(`${first} && ${launcher} ${next}`)
    },
  )

  it('waits for a pull request with its lane', () => {
    const stop = { code: 'MERGE_WAITING', exit: 7, message: 'm', hint: 'h', phase: 'adopt' } as const
    const stopped = {
      type: 'stopped',
      waitsFor: 'merge',
      next: `resume ${run}`,
      laneReleased: false,
      stop,
    } as const
    const record = foldRun(run, journal(opened, stopped), { launcher })

    expect(record.state).toBe('waiting_merge')
    expect(record.next).toBe(`${launcher} resume ${run}`)
    expect(record.lane?.released).toBe(false)
  })

  it('never forgets an irreversible effect that was proved, whatever is written after it', () => {
    const bodies = fc.array(
      fc.oneof(
        fc.constant(opened),
        fc.constant(intent(publish)),
        fc
          .tuple(
            fc.constantFrom('done', 'already', 'failed', 'unknown'),
            fc.constantFrom('done', 'none', 'unknown', 'not_started'),
          )
          .map(([state, effect]) => proof(publish, state, effect)),
        fc.constant<JournalBody>({ type: 'aborted', by: 'ana', reason: 'enough' }),
      ),
      { maxLength: 30 },
    )

    fc.assert(
      fc.property(bodies, bodies, (before, after) => {
        const first = journal(opened, ...before, intent(publish), proof(publish, 'done', 'done'))
        const all = journal(opened, ...before, intent(publish), proof(publish, 'done', 'done'), ...after)

        expect(foldRun(run, first, { launcher }).irreversibleDone).toBe(true)
        expect(foldRun(run, all, { launcher }).irreversibleDone).toBe(true)
      }),
    )
  })

  it('says after every prefix exactly what the records so far say: attempts are intents', () => {
    const bodies = fc.array(fc.constantFrom(opened, intent(publish), proof(publish, 'done', 'done')), {
      maxLength: 20,
    })

    fc.assert(
      fc.property(bodies, (chosen) => {
        const record = foldRun(run, journal(...chosen), { launcher })

        const intents = chosen.filter((body) => body.type === 'intent').length
        const openings = chosen.filter((body) => body.type === 'opened').length
        expect(record.steps.reduce((sum, step) => sum + step.attempts, 0)).toBe(intents)
        expect(record.openings).toHaveLength(openings)
      }),
    )
  })
})
