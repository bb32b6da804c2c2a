import { describe, expect, test } from 'vitest'
import { addUpWriters } from './git-writers.ts'
import { checkGit, checkNode } from './tools.ts'

describe('the programs on this machine', () => {
  test('are new enough, too old, absent, or say something else', () => {
    expect(checkNode('24.1.0')).toMatchObject({ verdict: 'ok', remedy: null })
    expect(checkNode('22.9.0')).toMatchObject({ verdict: 'failed', remedy: 'Install Node 24 or newer.' })
    expect(checkGit('git version 2.39.5 (Debian)\n')).toMatchObject({ verdict: 'ok' })
    expect(checkGit('git version 3.0.1')).toMatchObject({ verdict: 'ok' })
    expect(checkGit('git version 2.29.9')).toMatchObject({ verdict: 'failed' })
    expect(checkGit(null)).toMatchObject({ verdict: 'failed', detail: 'There is no git in PATH.' })
    expect(checkGit('hello')).toMatchObject({ verdict: 'unknown' })
  })
})

describe('the writers of a git store', () => {
  const definition = { limit: 1, renewMs: 60_000, scope: 'repo' } as const

  test('stay below what forges advise', () => {
    const { checks } = addUpWriters([
      { lane: 'deploy', definition: { ...definition, scope: 'global' }, resources: 1 },
      { lane: 'migrate', definition, resources: 5 },
    ])

    expect(checks.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok'])
    expect(checks[1]?.detail).toBe(
      'Up to 1 × 5 resources at once, each renewing every 60 s: 5 pushes a minute.',
    )
    expect(checks[2]?.detail).toMatch(/^6 pushes a minute/)
  })

  test('go beyond it alone or together, and are told how often they may renew', () => {
    const { checks } = addUpWriters([
      { lane: 'deploy', definition: { ...definition, renewMs: 5000 }, resources: 1 },
      { lane: 'migrate', definition, resources: 6 },
    ])

    expect(checks.map(({ verdict }) => verdict)).toEqual(['failed', 'ok', 'failed'])
    expect(checks[0]?.remedy).toContain('every 10 s or more rarely')
    expect(checks[2]?.detail).toMatch(/^18 pushes a minute/)
    expect(checks[2]?.remedy).toContain('3 times as long')
  })
})
