import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import * as published from '@conduct/lanes'
import { readManifest, readSources, repositoryRoot } from './sources.ts'

it('the exports of @conduct/lanes are these: adding one is a promise, removing one is a major version', () => {
  const index = readFileSync(join(repositoryRoot, 'packages/lanes/src/index.ts'), 'utf8')
  const names = [...index.matchAll(/^export (?:type )?\{([^}]*)\} from/gm)]
    .flatMap((match) => (match[1] ?? '').split(','))
    .map((name) => name.replace(/^\s*type\s+/, '').trim())
    .filter((name) => name !== '')
    .sort()

  expect(index).not.toMatch(/export (?:type )?\*/)
  expect(Object.keys(published).sort()).toEqual([
    'ConductError',
    'defineLane',
    'describeStoreUrl',
    'isConductError',
    'openLanes',
    'openStore',
  ])
  expect(names).toEqual([
    'AcquireOptions',
    'AcquireResult',
    'ClaimChange',
    'ClaimOutcome',
    'ClaimProof',
    'ConductError',
    'ConductErrorOptions',
    'Distribution',
    'Effect',
    'EffectContext',
    'ErrorCode',
    'Estimate',
    'Granted',
    'HeldBy',
    'HistoryEffect',
    'HistoryEntry',
    'HoldTimes',
    'InTheWay',
    'Lane',
    'LaneDefinition',
    'LaneEvent',
    'LaneOptions',
    'LaneOrder',
    'LaneStats',
    'LaneView',
    'Lanes',
    'Lease',
    'OpenLanesOptions',
    'OpenStoreOptions',
    'Queued',
    'RefusalCause',
    'Refused',
    'Store',
    'StoreKind',
    'StoreProbe',
    'Timekeeping',
    'WhenHeld',
    'defineLane',
    'describeStoreUrl',
    'isConductError',
    'openLanes',
    'openStore',
  ])
})

it('our own packages use the engine: the published entry is for everybody else', () => {
  const wrong = readSources().filter(
    (file) => file.package !== 'lanes' && !file.isTest && file.imports.includes('@conduct/lanes'),
  )

  expect(wrong.map((file) => file.path)).toEqual([])
})

it('what is published of lanes is its public entry, and the thread it starts', () => {
  const { publishConfig, dependencies, peerDependencies, peerDependenciesMeta } = readManifest('lanes')

  expect(Object.keys(publishConfig?.exports ?? {})).toEqual(['.'])
  expect(Object.keys(publishConfig?.imports ?? {})).toEqual(['#renewal-worker'])
  expect(dependencies).toBeUndefined()
  for (const client of Object.keys(peerDependencies ?? {})) {
    expect(peerDependenciesMeta?.[client]).toEqual({ optional: true })
  }
})
