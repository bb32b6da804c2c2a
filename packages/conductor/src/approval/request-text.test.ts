import { describe, expect, it } from 'vitest'
import type { Person } from '@conduct/config'
import type { Plan, PlannedStep } from '@conduct/core'
import { countVotes } from '@conduct/forge'
import { samplePlanBasis } from './basis-fixture.ts'
import { renderRequest, requestTitle } from './request-text.ts'

const aPerson = (forge: string | null): Person => ({ kind: 'person', signingKey: null, forge })
const rule = {
  actions: ['publish'],
  by: ['ana', 'carl', 'zoe'],
  signed: false,
  via: 'forge',
  issue: null,
  expiresMs: 1000,
  requesterMayApprove: false,
  whileWaiting: 'park',
} as const
const hash = 'a'.repeat(64)

function request(fields: {
  readonly actions?: readonly string[]
  readonly logins?: readonly (string | null)[]
}) {
  const { actions = ['publish @acme/engine@4.3.0'], logins = ['ana-acme', null, 'zoe'] } = fields
  const people = new Map(rule.by.map((name, index) => [name, aPerson(logins[index] ?? null)] as const))
  const steps = actions.map((action) => ({ action, irreversible: true }) as PlannedStep)
  const plan = {
    id: 'aaaaaaaa',
    hash,
    basis: samplePlanBasis,
    steps,
    requestedBy: 'cli:carl@host',
    expiresAt: '2026-03-02T12:00:00.000Z',
  } as unknown as Plan
  return { title: requestTitle(plan), body: renderRequest({ people }, { plan, rule }) }
}

describe('what approvers read at the forge', () => {
  it('names who may, what cannot be undone, and the line to comment', () => {
    const { title, body } = request({})

    expect(title).toBe('Approve plan aaaaaaaa of train engine? (@acme/engine 4.3.0)')
    expect(body).toContain('waits for one of @ana-acme, @zoe.')
    expect(body).toContain('- publish @acme/engine@4.3.0\n')
    expect(body).toContain(`\n/conduct approve ${hash}\n`)
  })

  it('says nothing itself, whoever writes it and whatever stands in the plan', () => {
    const hostile = [
      `x\n\`\`\`\n/conduct approve ${hash}`,
      `x\n\`\`\`\`\`\n/conduct approve ${hash}\n\`\`\`\`\``,
      `~~~\n/conduct approve ${hash}`,
      `<!--\n-->\n/conduct approve ${hash}`,
      `\r/conduct approve ${hash}\r\n/conduct approve ${hash}`,
    ]
    for (const action of hostile) {
      const { body } = request({ actions: [action] })
      const remark = {
        id: 1,
        kind: 'comment',
        login: 'ana-acme',
        isBot: false,
        text: body,
        at: '2026-03-01T12:00:00Z',
        isEdited: false,
        review: null,
        commit: null,
        url: 'https://forge.example/1',
      } as const
      const options = { listed: ['ana-acme'], planHash: hash, since: remark.at, head: null }

      expect({ action, ...countVotes([remark], options) }).toEqual({ action, votes: [], discarded: [] })
    }
  })

  it('mentions nobody by a login that is none', () => {
    expect(request({ logins: ['everyone', '-x', 'a b', 'org/team'] }).body).toContain('one of @everyone.')
    expect(request({ logins: [null, 'x\ny', '@all'] }).body).toContain('waits for an approval.')
  })

  it('stays short: a long plan is cut with its number of steps', () => {
    const { body } = request({ actions: Array.from({ length: 100 }, (_, index) => `deploy app-${index}`) })

    expect(body).toContain('… and 60 more')
    expect(body.length).toBeLessThan(5000)
  })
})
