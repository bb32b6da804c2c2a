import { describe, expect, it } from 'vitest'
import { hasUnprovedIntent } from './begun.ts'
import type { JournalBody, JournalRecord, ProofEffect, StepHead } from './journal-record.ts'

const step: StepHead = {
  id: 'deploy:shop',
  phase: 'deploy',
  kind: 'deploy',
  repo: 'shop',
  action: 'deploy shop',
  irreversible: true,
}
const startedAt = '2026-01-01T00:00:00.000Z'
const begun: JournalBody = { type: 'intent', step, startedAt, facts: {} }

function ended(state: 'done' | 'already' | 'failed' | 'unknown', effect: ProofEffect): JournalBody {
  return { type: 'proof', step, startedAt, state, evidence: '', facts: {}, effect }
}

function isOpen(...bodies: readonly JournalBody[]): boolean {
  const records: readonly JournalRecord[] = bodies.map((body, at) => ({
    format: 1,
    id: String(at),
    at: startedAt,
    token: 1,
    ...body,
  }))
  return hasUnprovedIntent(records, step.id)
}

describe('an effect that was begun', () => {
  it.each([
    ['by a writer that died', [begun], true],
    ['without an answer', [begun, ended('failed', 'unknown')], true],
    ['and done', [begun, ended('done', 'done')], false],
    ['and refused by its target', [begun, ended('failed', 'none')], false],
    // A resume that could not tell says nothing: the next one must not take it for a fresh start.
    ['and looked at in vain', [begun, ended('unknown', 'not_started')], true],
    [
      'and looked at in vain, twice',
      [begun, ended('unknown', 'not_started'), ended('failed', 'not_started')],
      true,
    ],
    ['and found done', [begun, ended('unknown', 'not_started'), ended('already', 'not_started')], false],
    ['never', [ended('unknown', 'not_started')], false],
  ] as const)('%s: its end is open: %s', (_case, bodies, expected) => {
    expect(isOpen(...bodies)).toBe(expected)
  })
})
