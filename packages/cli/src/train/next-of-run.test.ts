import { expect, test } from 'vitest'
import type { ApprovalAsked, Plan, RunRecord } from '@conduct/core'
import type { LanesConfig } from '@conduct/config'
import { withNextFor } from './next-of-run.ts'

const rule = { by: ['ana', 'carl'], requesterMayApprove: false }
const config = {
  people: new Map([
    ['ana', { kind: 'person' }],
    ['carl', { kind: 'person' }],
  ]),
  lanes: new Map([['release_train', { approval: rule }]]),
} as unknown as LanesConfig
const plan = {
  id: '5d0e1a2b',
  basis: { lane: 'release_train' },
  requestedBy: 'cli:ana@host',
  steps: [{ needsApproval: true }],
} as unknown as Plan
const asked = { planId: plan.id, proof: 'attributed', by: ['carl'] } as unknown as ApprovalAsked
const record = (state: RunRecord['state']) =>
  ({
    run: '8f2c11',
    state,
    plan,
    asked,
    approvals: [],
    stop: { code: 'APPROVAL_MISSING' },
    next: 'conduct --as cli:ana approve 5d0e1a2b && conduct --as cli:ana resume 8f2c11',
  }) as unknown as RunRecord
const estateOf = (person: string) => ({
  config,
  identity: { holder: `cli:${person}@host`, person },
  launcherForOthers: 'conduct',
  keyFile: null,
})

test.each(['waiting_approval', 'stopped'] as const)(
  'a run that is %s for its approval tells who may not give it what somebody else types, as themselves',
  (state) => {
    expect(withNextFor(estateOf('ana'), record(state)).next).toBe('conduct approve 5d0e1a2b')
    expect(withNextFor(estateOf('carl'), record(state))).toEqual(record(state))
  },
)

test('where the key of who signs is in a file, the command names it, and nothing else is changed', () => {
  const signed = { ...record('stopped'), asked: { ...asked, proof: 'ssh' } } as unknown as RunRecord

  expect(withNextFor({ ...estateOf('ana'), keyFile: "'/a b/carl'" }, signed).next).toBe(
    "conduct approve 5d0e1a2b --sign --key '/a b/carl'",
  )
  expect(withNextFor(estateOf('ana'), signed).next).toBe('conduct approve 5d0e1a2b --sign')
})
