import { describe, expect, it } from 'vitest'
import { type PlanBasis, toCommitId } from '@conduct/core'
import { describeDrift } from './plan-drift.ts'

const basis: PlanBasis = {
  train: 'engine',
  lane: 'release_train',
  configCommit: toCommitId('1'.repeat(40)),
  configHash: 'hash',
  producer: { repo: 'engine', commit: toCommitId('a'.repeat(40)) },
  packages: [
    {
      name: '@acme/engine',
      version: '4.3.0',
      ecosystem: 'npm',
      directory: '.',
      registry: 'http://127.0.0.1/',
      tag: 'v4.3.0',
    },
  ],
  catchUp: false,
  consumers: [
    {
      repo: 'shop',
      after: [],
      adopt: { manager: 'pnpm', via: 'push' },
      configure: [],
      deploy: { strategy: 'command', previous: 'c0ffee' },
    },
  ],
  overrides: [],
  leftOut: [],
}

describe('naming what changed between two plans', () => {
  it('says nothing about equal plans', () => {
    expect(describeDrift(basis, structuredClone(basis))).toEqual([])
  })

  it('names the producer commit, the version, the target and the file that moved', () => {
    const [item] = basis.packages
    const [shop] = basis.consumers
    if (item === undefined || shop === undefined) throw new Error('the basis has both')
    const after: PlanBasis = {
      ...basis,
      configCommit: toCommitId('2'.repeat(40)),
      producer: { repo: 'engine', commit: toCommitId('b'.repeat(40)) },
      packages: [{ ...item, version: '4.4.0', tag: 'v4.4.0' }],
      consumers: [{ ...shop, deploy: { strategy: 'command', previous: 'decade' } }],
      leftOut: ['admin'],
    }

    expect(describeDrift(basis, after)).toEqual([
      'main of engine moved from aaaaaaa to bbbbbbb',
      'lanes.yaml moved from 1111111 to 2222222',
      '@acme/engine was 4.3.0, is 4.4.0',
      'shop ran c0ffee, runs decade',
      'left out was nobody, is admin',
    ])
  })

  it('names overrides, settings and what else has no sentence of its own by what they belong to', () => {
    const [shop] = basis.consumers
    if (shop === undefined) throw new Error('the basis has a consumer')
    const after: PlanBasis = {
      ...basis,
      catchUp: true,
      consumers: [{ ...shop, adopt: { manager: 'npm', via: 'push' } }],
      overrides: [{ check: 'checkout', repo: 'shop', reason: 'mine', by: 'ana' }],
    }

    expect(describeDrift(basis, after)).toEqual([
      'catch-up train was no, is yes',
      'adoption of shop was pnpm, push, is npm, push',
      'checkout:shop is overridden now',
    ])
  })

  it('never keeps quiet about a difference it has no words for', () => {
    const packages = basis.packages.map((one) => ({ ...one, colour: 'red' }))
    expect(describeDrift(basis, { ...basis, packages })).toHaveLength(1)
  })
})
