import { describe, expect, test } from 'vitest'
import type { ApprovalRule, LanesConfig } from '@conduct/config'
import { ConductError } from '@conduct/core'
import { type Reading, type RepoAccess, type RepoAtForge, absent, present, unknown } from '@conduct/forge'
import { runCommand } from '@conduct/subprocess'
import type { TrainContext } from '../../context.ts'
import { aLane } from '../../survey-fixture.ts'
import { judge } from '../judge-fixture.ts'
import { row } from './approval.ts'

const person = { kind: 'person', signingKey: null, forge: null } as const
const rule: ApprovalRule = {
  actions: ['publish'],
  by: ['ana', 'carl'],
  signed: false,
  via: 'cli',
  issue: null,
  expiresMs: 1000,
  requesterMayApprove: false,
  whileWaiting: 'park',
}

function judged(approval: ApprovalRule | null, more: Partial<TrainContext> = {}) {
  const config = {
    people: new Map([
      ['ana', person],
      ['carl', person],
    ]),
    lanes: new Map([['release_train', aLane({ approval })]]),
  } as unknown as LanesConfig
  const identity = { holder: 'cli:ana@host', person: 'ana' }
  return judge(row, { context: { config, identity, runCommand, ...more } })
}

describe('approval', () => {
  test('does not apply where lanes.yaml asks for none', async () => {
    expect((await judged(null)).verdict).toBe('not_applicable')
  })

  test('is green and names who may', async () => {
    expect(await judged(rule)).toMatchObject({ verdict: 'green', detail: 'May approve: carl.' })
  })

  test('is red where nobody could ever approve what this asker asks for', async () => {
    expect(await judged({ ...rule, by: ['ana'] })).toMatchObject({
      verdict: 'red',
      detail: expect.stringMatching(/Nobody may approve what cli:ana@host asks for/) as string,
    })
  })

  test('is green where the ssh-keygen of this machine checks signatures, red where there is none', async () => {
    const signed = { ...rule, signed: true }
    const missing = () =>
      Promise.reject(new ConductError('COMMAND_NOT_FOUND', 'there is no program ssh-keygen'))

    expect(await judged(signed)).toMatchObject({
      verdict: 'green',
      detail: expect.stringContaining('signature') as string,
    })
    expect(await judged(signed, { runCommand: missing })).toMatchObject({
      verdict: 'red',
      detail: expect.stringMatching(/no ssh-keygen/) as string,
    })
  })

  test('asks the forge whether somebody can be asked there', async () => {
    const atForge = { ...rule, via: 'forge', issue: { repo: 'engine', number: 12 } } as const
    const forgeThat = (more: {
      readonly access?: Reading<Partial<RepoAccess>>
      readonly thread?: Reading<object>
    }) => ({
      forge: () =>
        Promise.resolve({
          forge: { identity: () => Promise.resolve(present({ login: 'release-bot' })) },
          repository: {
            fullName: 'acme/engine',
            readAccess: () => Promise.resolve(more.access ?? present({ canRead: true, isArchived: false })),
            readThread: () => Promise.resolve(more.thread ?? present({})),
          },
        } as unknown as RepoAtForge),
    })

    const verdicts = await Promise.all([
      judged(atForge, { forge: () => Promise.resolve(null) }),
      judged(atForge, forgeThat({ access: present({ canRead: true, isArchived: true }) })),
      judged(atForge, forgeThat({ access: unknown('503') })),
      judged(atForge, forgeThat({ thread: absent })),
      judged(atForge, forgeThat({ thread: unknown('503') })),
      judged(atForge, forgeThat({})),
    ])

    expect(verdicts.map(({ verdict }) => verdict)).toEqual([
      'red',
      'red',
      'unknown',
      'red',
      'unknown',
      'green',
    ])
    expect(verdicts.at(-1)?.detail).toBe('May approve, at #12 of acme/engine: carl.')
  })
})
