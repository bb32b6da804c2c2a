import { describe, expect, test } from 'vitest'
import { ConductError } from '@conduct/core'
import {
  absent,
  type BranchRules,
  type CommitVerdict,
  type ForgeIdentity,
  type Permission,
  present,
  type RepoAccess,
  unknown,
} from '@conduct/forge'
import { anArtifact, commitOf, aTrain } from '../../survey-fixture.ts'
import { atForge, greenVerdict, someAccess, someIdentity, someRules } from '../forge-fixture.ts'
import { judge } from '../judge-fixture.ts'
import type { Row } from '../row.ts'
import { row as blockingLabel } from './blocking-label.ts'
import { row as branchProtection } from './branch-protection.ts'
import { row as ciVerdict } from './ci-verdict.ts'
import { row as forgeIdentity } from './forge-identity.ts'
import { row as forgeRelease } from './forge-release.ts'

const withLabel = { train: aTrain({ blockingLabel: 'release-blocker' }) }
const silence = unknown('github.com answered 503', true)

describe.each([ciVerdict, branchProtection, forgeIdentity, blockingLabel])('$check', (row) => {
  test('does not apply without a forge', async () => {
    const judged = await judge(row, {
      consumer: {},
      context: withLabel,
      evidence: { forge: async () => null, rules: async () => absent },
    })

    expect(judged.verdict).toBe('not_applicable')
  })

  test('lets a forge that cannot be asked be unknown, never green', async () => {
    const forge = async () => {
      throw new ConductError('FORGE_CREDENTIALS', 'No credential for github.com')
    }

    await expect(judge(row, { consumer: {}, context: withLabel, evidence: { forge } })).rejects.toMatchObject(
      { code: 'FORGE_CREDENTIALS' },
    )
  })
})

describe('ci_verdict', () => {
  const none = { ...greenVerdict, verdict: 'none' as const }
  const cases: readonly (readonly [string, CommitVerdict, string, RegExp])[] = [
    ['green is green', greenVerdict, 'green', /Every check of bbbbbbb has passed/],
    [
      'red names what failed',
      { ...greenVerdict, verdict: 'red', failed: ['test (failure)'] },
      'red',
      /test \(failure\) at bbbbbbb/,
    ],
    [
      'pending is not green yet',
      { ...greenVerdict, verdict: 'pending', waitingFor: ['lint (queued)'] },
      'unknown',
      /still waits for lint/,
    ],
    [
      'none is not green, although something could judge it',
      { ...none, judgeable: { can: 'yes', because: 'test must report on main' } },
      'unknown',
      /Nothing has judged bbbbbbb; test must report/,
    ],
    [
      'none is not green where CI could never judge it',
      { ...none, judgeable: { can: 'no', because: 'no workflow is active' } },
      'unknown',
      /nothing ever could: no workflow is active/,
    ],
    [
      'silence is unknown',
      { verdict: 'unknown', reason: 'answered 503', isRetryable: true },
      'unknown',
      /answered 503/,
    ],
  ]
  test.each(cases)('%s', async (_, verdict, expected, detail) => {
    const judged = await judge(ciVerdict, {
      consumer: {},
      evidence: { forge: async () => atForge({ readVerdict: async () => verdict }) },
    })

    expect(judged.verdict).toBe(expected)
    expect(judged.detail).toMatch(detail)
  })

  test('asks for exactly the frozen commit', async () => {
    const asked: unknown[] = []
    const readVerdict = async (options: object) => {
      asked.push(options)
      return greenVerdict
    }

    await judge(ciVerdict, {
      consumer: { commit: commitOf('c'), main: 'trunk' },
      evidence: { forge: async () => atForge({ readVerdict }) },
    })

    expect(asked).toEqual([{ commit: commitOf('c'), branch: 'trunk' }])
  })
})

describe('branch_protection', () => {
  const judged = (via: 'push' | 'pull_request' | 'none', rules: Partial<BranchRules>) =>
    judge(branchProtection, {
      consumer: { via },
      evidence: {
        forge: async () => atForge(),
        rules: async () => present({ ...someRules, ...rules }),
      },
    })
  const no: Permission = { allowed: 'no', because: ['main takes pull requests only'] }
  const maybe: Permission = { allowed: 'unknown', because: ['how is not shown'] }

  test('does not apply where nothing is adopted', async () => {
    expect((await judged('none', {})).verdict).toBe('not_applicable')
  })

  test('holds the rules against a push', async () => {
    expect((await judged('push', {})).verdict).toBe('green')
    expect(await judged('push', { push: no })).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('adopt: { via: pull_request }') as string,
    })
    expect((await judged('push', { push: maybe })).verdict).toBe('unknown')
  })

  test('holds the rules against a pull request, and says what it will wait for', async () => {
    const conditions = { requiredChecks: [{ name: 'test', appId: null }], requiredReviews: 2 }

    expect(await judged('pull_request', { push: no, ...conditions })).toMatchObject({
      verdict: 'green',
      detail: 'main takes a pull request, with test, 2 reviews by people.',
    })
    expect((await judged('pull_request', { pullRequest: no })).verdict).toBe('red')
    expect((await judged('pull_request', { pullRequest: maybe })).verdict).toBe('unknown')
  })

  test('is red where no way of merging is left, unless a queue merges', async () => {
    const without = { mergeMethods: [] }

    expect((await judged('pull_request', without)).verdict).toBe('red')
    expect(await judged('pull_request', { ...without, needsMergeQueue: true })).toMatchObject({
      verdict: 'green',
      detail: 'main takes a pull request, merged by its queue.',
    })
  })

  test('is unknown where the rules could not be read', async () => {
    const read = await judge(branchProtection, {
      consumer: {},
      evidence: { forge: async () => atForge(), rules: async () => silence },
    })

    expect(read).toMatchObject({ verdict: 'unknown', detail: expect.stringContaining('503') as string })
  })
})

describe('forge_identity', () => {
  const judged = (
    via: 'push' | 'pull_request',
    said: { identity?: Partial<ForgeIdentity>; access?: Partial<RepoAccess> },
  ) =>
    judge(forgeIdentity, {
      consumer: { via },
      evidence: {
        forge: async () => atForge({ readAccess: async () => present({ ...someAccess, ...said.access }) }),
        forgeIdentity: async () => present({ ...someIdentity, ...said.identity }),
      },
    })
  const withoutCi = { pullRequestsGetCi: { answer: 'no', because: 'a default token' } } as const
  const unclear = { pullRequestsGetCi: { answer: 'unknown', because: 'a strange token' } } as const

  test('says who we are', async () => {
    expect(await judged('pull_request', {})).toMatchObject({
      verdict: 'green',
      covered: '2 of 2 answers',
      detail: expect.stringContaining('We are ana-acme') as string,
    })
  })

  test('is red for pull requests that would get no CI, and only where one is made', async () => {
    expect((await judged('pull_request', { identity: withoutCi })).verdict).toBe('red')
    expect((await judged('pull_request', { identity: unclear })).verdict).toBe('unknown')
    expect((await judged('push', { identity: withoutCi })).verdict).toBe('green')
  })

  test('is red where we may not write what a pull request needs, or the repository is archived', async () => {
    expect((await judged('pull_request', { access: { canPush: false } })).verdict).toBe('red')
    expect((await judged('push', { access: { isArchived: true } })).verdict).toBe('red')
  })

  test('is unknown where the forge does not say', async () => {
    const evidence = { forge: async () => atForge(), forgeIdentity: async () => silence }

    expect((await judge(forgeIdentity, { consumer: {}, evidence })).verdict).toBe('unknown')
    const unseen = atForge({ readAccess: async () => absent })
    const hiddenRepo = { forge: async () => unseen, forgeIdentity: async () => present(someIdentity) }
    expect((await judge(forgeIdentity, { consumer: {}, evidence: hiddenRepo })).verdict).toBe('unknown')
  })
})

describe('blocking_label', () => {
  const judged = (row: Row, readBlocking: NonNullable<Parameters<typeof atForge>[0]>['readBlocking']) =>
    judge(row, {
      consumer: {},
      context: withLabel,
      evidence: { forge: async () => atForge(readBlocking === undefined ? {} : { readBlocking }) },
    })

  test('does not apply where none is declared', async () => {
    expect((await judge(blockingLabel)).verdict).toBe('not_applicable')
  })

  test('is red while something open has it, and names it', async () => {
    const hold = {
      number: 7,
      title: 'Hold',
      url: 'https://github.com/acme/shop/issues/7',
      kind: 'issue',
    } as const

    expect((await judged(blockingLabel, async () => present([]))).verdict).toBe('green')
    expect(await judged(blockingLabel, async () => present([hold]))).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('#7 (Hold) has the label release-blocker') as string,
    })
    expect((await judged(blockingLabel, async () => silence)).verdict).toBe('unknown')
  })
})

describe('forge_release', () => {
  const context = { train: aTrain({ forgeRelease: true }) }
  const access = (fields: Partial<RepoAccess>) => ({
    forge: async () => atForge({ readAccess: async () => present({ ...someAccess, ...fields }) }),
  })

  test('does not apply where none is declared, and on a train that publishes nothing', async () => {
    expect((await judge(forgeRelease)).verdict).toBe('not_applicable')
    expect((await judge(forgeRelease, { context, survey: { catchUp: true } })).verdict).toBe('not_applicable')
  })

  test('is green where this identity may write', async () => {
    expect((await judge(forgeRelease, { context, evidence: access({}) })).verdict).toBe('green')
  })

  test.each<[string, Partial<RepoAccess>, RegExp]>([
    ['may not write', { canPush: false }, /give it write access/],
    ['finds it archived', { isArchived: true }, /it is archived/],
  ])('is red for an identity that %s', async (_who, fields, detail) => {
    expect(await judge(forgeRelease, { context, evidence: access(fields) })).toMatchObject({
      verdict: 'red',
      detail: expect.stringMatching(detail) as string,
    })
  })

  test('is red without a forge and without a tag, and unknown while nobody can say', async () => {
    const noForge = { forge: async () => null }
    expect(await judge(forgeRelease, { context, evidence: noForge })).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('A release needs a forge') as string,
    })
    const untagged = { artifacts: [anArtifact({ tag: null })] }
    expect(await judge(forgeRelease, { context, survey: untagged, evidence: access({}) })).toMatchObject({
      verdict: 'red',
      covered: '0 of 1 tags',
    })
    const silent = { forge: async () => atForge({ readAccess: async () => silence }) }
    expect((await judge(forgeRelease, { context, evidence: silent })).verdict).toBe('unknown')
  })
})
