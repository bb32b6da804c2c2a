import { describe, expect, it } from 'vitest'
import type { CompensationStep, Plan } from '@conduct/core'
import type { JournalBody, JournalRecord } from '../journal/journal-record.ts'
import { waysBackOf } from './ways-back.ts'

function journal(...bodies: readonly JournalBody[]): readonly JournalRecord[] {
  return bodies.map((body, at) => ({
    format: 1,
    id: String(at),
    at: '2026-01-01T00:00:00.000Z',
    token: 1,
    ...body,
  }))
}

function planned(...compensation: readonly CompensationStep[]): JournalBody {
  return { type: 'planned', plan: { compensation } as unknown as Plan }
}

function way(undoes: string, to: string | null, more: Partial<CompensationStep> = {}): CompensationStep {
  return {
    id: `back:${undoes}`,
    kind: 'redeploy',
    repo: 'shop',
    action: `back to ${to ?? 'nothing'}`,
    possible: to !== null,
    undoes,
    begunBy: [undoes],
    to,
    ...more,
  }
}

function begun(id: string): JournalBody {
  const step = { id, phase: 'deploy', kind: 'deploy', repo: 'shop', action: id, irreversible: true } as const
  return { type: 'intent', step, startedAt: '2026-01-01T00:00:00.000Z', facts: {} }
}

describe('the ways back of a journal', () => {
  it('are those of the plan, and touched once their effect was begun', () => {
    const records = journal(
      planned(way('deploy:shop', 'old'), way('deploy:admin', 'old')),
      begun('deploy:shop'),
    )

    expect(waysBackOf(records).map((one) => [one.way.undoes, one.isTouched])).toEqual([
      ['deploy:shop', true],
      ['deploy:admin', false],
    ])
  })

  it('go back to what was there before the effect, not to what a later plan saw after it', () => {
    const records = journal(
      planned(way('deploy:shop', 'old'), way('deploy:admin', 'old')),
      begun('deploy:shop'),
      planned(way('deploy:shop', 'new'), way('deploy:admin', 'newer')),
      begun('deploy:admin'),
    )

    expect(waysBackOf(records).map((one) => one.way.to)).toEqual(['old', 'newer'])
  })

  it('keep a way that only an earlier plan had, and lose none that only a later one has', () => {
    const records = journal(
      planned(way('deploy:shop', 'old')),
      begun('deploy:shop'),
      planned(way('deploy:admin', 'old')),
      begun('deploy:admin'),
    )

    expect(waysBackOf(records).map((one) => one.way.undoes)).toEqual(['deploy:admin', 'deploy:shop'])
  })

  it('are touched by every step that may have made the effect: a workflow publishes, too', () => {
    const publish = way('publish:engine', '1.0.0', {
      begunBy: ['publish:engine', 'publish_workflow:release.yml'],
    })

    const [one] = waysBackOf(journal(planned(publish), begun('publish_workflow:release.yml')))

    expect(one?.isTouched).toBe(true)
  })

  it('are none where nothing was planned', () => {
    expect(waysBackOf(journal({ type: 'closed' }))).toEqual([])
  })

  it('name what is staged with the command by which it goes, and not what was published since', () => {
    const facts = {
      package: 'a',
      version: '1.0.0',
      registry: 'https://r/',
      stageId: 'id-1',
      reject: 'npm stage reject id-1',
    }
    const done = (id: string, kind: string, more: object): JournalBody => ({
      type: 'proof',
      step: { id, phase: 'publish', kind, repo: null, action: id, irreversible: kind === 'publish' },
      startedAt: '2026-01-01T00:00:00.000Z',
      state: 'done',
      evidence: '',
      facts: { ...more },
      effect: 'done',
    })
    const stage = 'stage:a@1.0.0'
    const records = [
      planned(way(stage, null, { kind: 'stays', repo: null, action: 'what was staged stays' })),
      begun(stage),
    ]
    const staged = [...records, done(stage, 'stage', facts)]
    const published = [...staged, done('publish:a@1.0.0', 'publish', { package: 'a', version: '1.0.0' })]

    expect(waysBackOf(journal(...records)).map((one) => one.way.action)).toEqual(['what was staged stays'])
    expect(waysBackOf(journal(...staged)).map((one) => one.way.action)).toEqual([
      'a@1.0.0 stays staged at https://r/ as id-1, unless a maintainer approved it since; a maintainer throws it away with: npm stage reject id-1',
    ])
    expect(waysBackOf(journal(...published))).toEqual([])
  })
})
