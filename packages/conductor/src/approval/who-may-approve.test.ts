import { describe, expect, it } from 'vitest'
import type { ApprovalRule, LanesConfig } from '@conduct/config'
import type { Plan } from '@conduct/core'
import { personOf, refuseUnlessApprover } from './who-may-approve.ts'

const config = {
  people: new Map([
    ['ana', { kind: 'person', signingKey: null, forge: null }],
    ['carl', { kind: 'person', signingKey: null, forge: null }],
    ['fleet', { kind: 'agent', signingKey: null, forge: null }],
  ]),
} as unknown as LanesConfig

const rule: ApprovalRule = {
  actions: ['publish'],
  by: ['ana', 'fleet'],
  signed: false,
  via: 'cli',
  issue: null,
  expiresMs: 1000,
  requesterMayApprove: false,
  whileWaiting: 'park',
}

const plan = {
  id: '5d0e1a',
  basis: { lane: 'release_train' },
  requestedBy: 'cli:carl@host#shop',
} as unknown as Plan

const identity = (person: string | null) => ({ holder: `cli:${person ?? 'eve'}@host`, person })

describe('who may approve', () => {
  it('is somebody listed', () => {
    expect(refuseUnlessApprover({ config, rule, plan }, identity('ana'))).toBe('ana')
  })

  it.each([
    ['nobody that is listed', identity(null), 'nobody that lanes.yaml lists'],
    ['an agent, even a listed one', identity('fleet'), 'an agent never approves'],
    ['a person who is not among the approvers', identity('carl'), 'carl may not approve'],
  ])('is never %s: APPROVAL_REFUSED', (_name, who, message) => {
    const attempt = () => refuseUnlessApprover({ config, rule, plan }, who)

    expect(attempt).toThrow(message)
    expect(attempt).toThrow(expect.objectContaining({ code: 'APPROVAL_REFUSED', exit: 6 }))
  })

  it.each(['agent:ana-3', 'action:ana'])('is never %s, who acts for somebody who may', (holder) => {
    expect(() => refuseUnlessApprover({ config, rule, plan }, { holder, person: 'ana' })).toThrow(
      /an agent that works for ana/,
    )
  })

  it('is not the requester, unless the rule says so', () => {
    const mine = { ...plan, requestedBy: 'cli:ana@host#engine' }

    expect(() => refuseUnlessApprover({ config, rule, plan: mine }, identity('ana'))).toThrow(/somebody else/)
    const own = { ...rule, requesterMayApprove: true }
    expect(refuseUnlessApprover({ config, rule: own, plan: mine }, identity('ana'))).toBe('ana')
  })

  it('knows a person behind the name of a holder', () => {
    const names = ['cli:ana@host', 'cli:ana@host#shop', 'agent:ana-3', 'ana', 'agent:ana#session']

    expect(names.map((holder) => personOf(config, holder))).toEqual(['ana', 'ana', 'ana', 'ana', 'ana'])
    expect(personOf(config, 'cli:eve@host')).toBeNull()
    expect(personOf(config, 'action:123:1')).toBeNull()
  })
})
