import { describe, expect, test } from 'vitest'
import { aRepo, aTrain } from '../../survey-fixture.ts'
import { judge } from '../judge-fixture.ts'
import type { Row } from '../row.ts'
import { row as blockingLabel } from './blocking-label.ts'
import { row as branchProtection } from './branch-protection.ts'
import { row as ciVerdict } from './ci-verdict.ts'
import { row as forgeIdentity } from './forge-identity.ts'

const withLabel = { train: aTrain({ blockingLabel: 'release-blocker' }) }
const at = (row: Row, repo: Parameters<typeof aRepo>[0]) =>
  judge(row, { producer: { repo: aRepo(repo) }, consumer: { repo: aRepo(repo) }, context: withLabel })

describe.each([ciVerdict, branchProtection, forgeIdentity, blockingLabel])('$check', (row) => {
  test('does not apply without a forge', async () => {
    const declaredNone = { forge: { kind: 'none' }, remote: 'git@github.com:acme/engine.git' } as const

    expect((await at(row, { forge: null })).verdict).toBe('not_applicable')
    expect((await at(row, declaredNone)).verdict).toBe('not_applicable')
  })

  test('is unknown, never green, at a forge that cannot be asked', async () => {
    expect((await at(row, { forge: { kind: 'github', url: null } })).verdict).toBe('unknown')
    for (const remote of ['git@github.com:acme/engine.git', 'https://github.com/acme/engine.git']) {
      expect((await at(row, { forge: null, remote })).verdict).toBe('unknown')
    }
  })
})

test('blocking_label does not apply where none is declared', async () => {
  const repo = aRepo({ forge: { kind: 'github', url: null } })

  expect((await judge(blockingLabel, { producer: { repo } })).verdict).toBe('not_applicable')
})

test('branch_protection does not apply where nothing is adopted', async () => {
  const repo = aRepo({ forge: { kind: 'github', url: null } })

  expect((await judge(branchProtection, { consumer: { repo, via: 'none' } })).verdict).toBe('not_applicable')
})
