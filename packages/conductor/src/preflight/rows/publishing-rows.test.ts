import type { ObservedStage, PublishCredential, Staging } from '@conduct/ecosystems'
import type { Worktree } from '@conduct/git'
import { describe, expect, test } from 'vitest'
import type { PlannedArtifact } from '../../context.ts'
import { aClock, aTrain, anArtifact } from '../../survey-fixture.ts'
import type { Evidence } from '../evidence.ts'
import { judge } from '../judge-fixture.ts'
import { row as publishCredential } from './publish-credential.ts'
import { row as registryIdentity } from './registry-identity.ts'
import { row as staging } from './staging.ts'

const evidence: Partial<Evidence> = {
  worktree: async () => ({ path: '/nowhere' }) as Worktree,
  ecosystem: () => ({ runCommand: async () => Promise.reject(new Error('nothing is run')) }),
}
const byWorkflow = aTrain({ producer: { repo: 'engine', publish: { workflow: 'release.yml' } } })

describe('staging', () => {
  const client = { isAble: true, text: 'npm 11.19.1 can stage' }
  const staged = (seen: ObservedStage, able = client): PlannedArtifact => {
    const can = { observe: async () => seen, client: async () => able } as unknown as Staging
    const publisher = { ecosystem: 'npm', staging: can } as unknown as PlannedArtifact['publisher']
    return anArtifact({ name: '@acme/engine', staged: true, publisher })
  }
  const judged = (artifact: PlannedArtifact, publishedByThisRun: readonly string[] = []) =>
    judge(staging, { survey: { artifacts: [artifact] }, evidence, publishedByThisRun })
  const waits: ObservedStage = {
    state: 'staged',
    staged: { id: 'id-1', shasum: null, distTag: 'latest', stagedBy: 'carl', stagedAt: null },
  }

  test('is green for a free version, and for one that is staged, saying by whom', async () => {
    expect((await judged(staged({ state: 'absent' }))).verdict).toBe('green')
    expect(await judged(staged(waits))).toMatchObject({
      verdict: 'green',
      detail: expect.stringContaining('is staged already as id-1, by carl') as string,
    })
    expect((await judged(staged(waits), ['@acme/engine@4.3.0'])).detail).toContain('by this run')
  })

  test('is red where the registry or the client cannot', async () => {
    const noRegistry = await judged(staged({ state: 'unsupported', reason: 'r has no staging (404)' }))
    const oldClient = await judged(
      staged({ state: 'absent' }, { isAble: false, text: 'npm 10.9.0 cannot stage; 11.15.0 can' }),
    )
    const gem = anArtifact({
      staged: true,
      publisher: { ecosystem: 'rubygems' } as unknown as PlannedArtifact['publisher'],
    })

    expect(noRegistry).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('has no staging') as string,
    })
    expect(oldClient).toMatchObject({
      verdict: 'red',
      detail: expect.stringContaining('update it') as string,
    })
    expect((await judged(gem)).verdict).toBe('red')
  })

  test('is unknown where what is staged may not be read', async () => {
    expect((await judged(staged({ state: 'unknown', reason: 'answered 401' }))).verdict).toBe('unknown')
  })

  test('does not apply where nothing is staged', async () => {
    expect((await judge(staging, { survey: { artifacts: [anArtifact()] } })).verdict).toBe('not_applicable')
  })
})

describe('publish_credential', () => {
  const npm = 'https://registry.npmjs.org/'
  const judged = (credential: PublishCredential, fields: Partial<PlannedArtifact> = {}) => {
    const publisher = { credential: async () => credential } as unknown as PlannedArtifact['publisher']
    const artifact = anArtifact({ registry: npm, publisher, ...fields })
    return judge(publishCredential, {
      survey: { artifacts: [artifact] },
      evidence,
      context: { clock: aClock() },
    })
  }
  const bypassing = { kind: 'granular', bypasses2fa: true, isReadOnly: false, expiresAt: null } as const

  test('warns of what npm is about to end, and says what to do', async () => {
    expect(await judged(bypassing)).toMatchObject({
      verdict: 'green',
      detail: expect.stringMatching(/npm means to end that in 2027-01 .*staged: true/) as string,
    })
    expect((await judged(bypassing, { staged: true })).detail).not.toContain('means to end')
  })

  test('is red for a credential that cannot publish', async () => {
    expect((await judged({ kind: 'classic' })).verdict).toBe('red')
    expect((await judged({ ...bypassing, isReadOnly: true })).verdict).toBe('red')
  })

  test('does not stop what the registry decides when it is published to', async () => {
    expect((await judged({ kind: 'unknown', reason: 'answered 404' })).verdict).toBe('green')
    expect((await judged({ kind: 'none' })).verdict).toBe('green')
  })

  test('does not apply to a workflow, which has an identity of its own', async () => {
    const context = { train: byWorkflow }

    expect((await judge(publishCredential, { context })).verdict).toBe('not_applicable')
    expect((await judge(registryIdentity, { context })).verdict).toBe('not_applicable')
  })
})
